import { memoryBackend } from "@holdfast/adapter-memory";
import type * as remix from "@remix-run/server-runtime";
import * as router from "react-router";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createSessions } from "../src/index.ts";
import {
  type CookieSession,
  createHoldfastSessionStorage,
  type HoldfastSessionStorage,
  type RouterSession,
  type SessionMiddleware,
  sessionMiddleware,
} from "../src/react-router.ts";
import { type Data, newSessions } from "./set-up.ts";

describe("types", () => {
  interface Values {
    userId?: string;
    cart?: readonly string[];
  }
  interface Flashes {
    error?: string;
  }

  it("are those of React Router and of Remix", () => {
    expectTypeOf<HoldfastSessionStorage<Values, Flashes>>().toExtend<router.SessionStorage<Values, Flashes>>();
    expectTypeOf<HoldfastSessionStorage<Values, Flashes>>().toExtend<remix.SessionStorage<Values, Flashes>>();
    expectTypeOf<RouterSession<Values, Flashes>>().toExtend<router.Session<Values, Flashes>>();
    expectTypeOf<router.Session<Values, Flashes>>().toExtend<CookieSession<Values, Flashes>>();
    expectTypeOf<RouterSession<Values, Flashes>>().toExtend<remix.Session<Values, Flashes>>();
    const untyped = createHoldfastSessionStorage({ backend: memoryBackend() });
    expectTypeOf(untyped).toExtend<router.SessionStorage>();
    expectTypeOf(untyped).toExtend<remix.SessionStorage>();
    expectTypeOf(createHoldfastSessionStorage(createSessions<Values>({ backend: memoryBackend() }))).toEqualTypeOf<
      HoldfastSessionStorage<Values>
    >();
  });

  it("of the middleware are those of React Router", () => {
    expectTypeOf<SessionMiddleware<Data>>().toExtend<router.MiddlewareFunction<Response>>();
    const middleware = sessionMiddleware(newSessions());
    const context = new router.RouterContextProvider();
    expect(() => context.get(middleware.key)).toThrow("No value found");
    expectTypeOf(() => context.get(middleware.key).userId).returns.toEqualTypeOf<string | undefined>();
  });
});
