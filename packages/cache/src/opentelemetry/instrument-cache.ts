import { type Attributes, metrics, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Cache } from "../cache.ts";
import type { BatchFactory } from "../computing-batches.ts";
import type { Factory } from "../factory.ts";
import type { GetOptions, GetOrSetOptions } from "../reads.ts";
import type { Detailed } from "../result.ts";
import { wrap } from "../wrap.ts";
import { createInstruments, type InstrumentationOptions, type Instruments } from "./instruments.ts";

/**
 * The same cache, with a span for each operation and each run of a factory, and metrics of both. Keys, tags and
 * values are not recorded: they may be personal.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/general/ there are conventions for errors, units and names, none for caches: the
 * names here have the library's prefix
 */
export function instrumentCache<T>(cache: Cache<T>, options: InstrumentationOptions): Cache<T> {
  const instruments = createInstruments(
    options,
    options.tracer ?? trace.getTracer("@holdfast/cache"),
    options.meter ?? metrics.getMeter("@holdfast/cache"),
  );
  const instrumented: Cache<T> = {
    get: (async (key: string, getOptions?: GetOptions) => {
      const result = await observe(instruments, "get", (span) =>
        cache.get(key, { ...getOptions, detailed: true }).then((detailed) => record(instruments, span, detailed)),
      );
      return getOptions?.detailed ? result : result.value;
    }) as Cache<T>["get"],
    getOrSet: (async (key: string, factory: Factory<T>, getOptions?: GetOrSetOptions) => {
      const observed: Factory<T> = (context) => observeFactory(instruments, () => factory(context));
      const result = await observe(instruments, "getOrSet", (span) =>
        cache
          .getOrSet(key, observed, { ...getOptions, detailed: true })
          .then((detailed) => record(instruments, span, detailed)),
      );
      return getOptions?.detailed ? result : result.value;
    }) as Cache<T>["getOrSet"],
    getMany: (keys, getOptions) =>
      observe(instruments, "getMany", async (span) => {
        const values = await cache.getMany(keys, getOptions);
        span.setAttributes({ "holdfast.cache.keys": keys.length, "holdfast.cache.found": values.size });
        return values;
      }),
    getOrSetMany: (keys, factory, getOptions) => {
      const observed: BatchFactory<T> = (missing, context) =>
        observeFactory(instruments, () => factory(missing, context));
      return observe(instruments, "getOrSetMany", (span) => {
        span.setAttribute("holdfast.cache.keys", keys.length);
        return cache.getOrSetMany(keys, observed, getOptions);
      });
    },
    set: (key, value, setOptions) => observe(instruments, "set", () => cache.set(key, value, setOptions)),
    delete: (...keys) => observe(instruments, "delete", () => cache.delete(...keys)),
    invalidateTags: (...tags) => observe(instruments, "invalidateTags", () => cache.invalidateTags(...tags)),
    clear: () => observe(instruments, "clear", () => cache.clear()),
    wrap: (fn, wrapOptions) => wrap(instrumented, fn, wrapOptions),
    stats: () => cache.stats(),
    close: () => cache.close(),
    [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose](),
  };
  return instrumented;
}

function record<V>({ requests, attributes }: Instruments, span: Span, detailed: Detailed<V>): Detailed<V> {
  const { status, tier } = detailed;
  const facts: Attributes = {
    "holdfast.cache.status": status,
    ...(tier ? { "holdfast.cache.tier": tier } : {}),
  };
  span.setAttributes(facts);
  requests.add(1, { ...attributes, ...facts });
  return detailed;
}

function observe<Result>(
  instruments: Instruments,
  operation: string,
  run: (span: Span) => Promise<Result>,
): Promise<Result> {
  const attributes = { ...instruments.attributes, "holdfast.cache.operation": operation };
  return inSpan(instruments, `cache ${operation}`, SpanKind.CLIENT, attributes, instruments.operationDuration, run);
}

function observeFactory<Result>(instruments: Instruments, run: () => Result | Promise<Result>): Promise<Result> {
  const { attributes, factoryDuration } = instruments;
  return inSpan(instruments, "cache factory", SpanKind.INTERNAL, attributes, factoryDuration, async () => run());
}

function inSpan<Result>(
  { tracer }: Instruments,
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  duration: Instruments["operationDuration"],
  run: (span: Span) => Promise<Result>,
): Promise<Result> {
  return tracer.startActiveSpan(name, { kind, attributes }, async (span) => {
    const startedAtMs = performance.now();
    let error: Attributes = {};
    try {
      return await run(span);
    } catch (reason) {
      error = { "error.type": errorType(reason) };
      span.setAttributes(error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw reason;
    } finally {
      duration.record((performance.now() - startedAtMs) / 1_000, { ...attributes, ...error });
      span.end();
    }
  });
}

/** A code or a class's name: few different values, and nothing of the error's text. */
function errorType(reason: unknown): string {
  if (typeof reason === "object" && reason !== null && "code" in reason && typeof reason.code === "string") {
    return reason.code;
  }
  return reason instanceof Error ? reason.name : "_OTHER";
}
