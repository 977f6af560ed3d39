import type { Attributes, Counter, Histogram, Meter, Tracer } from "@opentelemetry/api";

export interface InstrumentationOptions {
  /** Tells this cache from others in traces and metrics; the namespace serves well. */
  readonly name: string;
  /** @default the global provider's */
  readonly tracer?: Tracer;
  /** @default the global provider's */
  readonly meter?: Meter;
}

/** What an instrumented cache reports to. */
export interface Instruments {
  readonly tracer: Tracer;
  readonly attributes: Attributes;
  readonly requests: Counter;
  readonly operationDuration: Histogram;
  readonly factoryDuration: Histogram;
}

export function createInstruments({ name }: InstrumentationOptions, tracer: Tracer, meter: Meter): Instruments {
  return {
    tracer,
    attributes: { "holdfast.cache.name": name },
    requests: meter.createCounter("holdfast.cache.requests", {
      description: "Reads of one key, by status and tier.",
      unit: "{request}",
    }),
    operationDuration: meter.createHistogram("holdfast.cache.operation.duration", {
      description: "Duration of an operation, by operation.",
      unit: "s",
    }),
    factoryDuration: meter.createHistogram("holdfast.cache.factory.duration", {
      description: "Duration of a run of a factory.",
      unit: "s",
    }),
  };
}
