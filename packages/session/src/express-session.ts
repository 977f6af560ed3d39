import {
  type BackendWith,
  createEmitter,
  type Duration,
  type EventListener,
  parseDuration,
  requireCapability,
  SerializationError,
} from "@holdfast/core";
import session from "express-session";
import type { SessionEvent } from "./events.ts";
import { dataField, dataName } from "./field-names.ts";
import { SidSessions } from "./sid-sessions.ts";
