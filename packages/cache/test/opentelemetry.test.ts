import { context, SpanStatusCode } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instrumentCache } from "../src/opentelemetry/index.ts";
import { sleep, twoProcesses } from "./set-up.ts";

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

afterAll(() => {
  context.disable();
});

function setUp() {
  const spans = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meters = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 })],
  });
  const { a } = twoProcesses<number>({ memory: {} });
  const cache = instrumentCache(a, {
    name: "test",
    tracer: tracers.getTracer("test"),
    meter: meters.getMeter("test"),
  });
  const metrics = async () => {
    await meters.forceFlush();
    const last = points.getMetrics().at(-1)!;
    return new Map(
      last.scopeMetrics.flatMap((scope) => scope.metrics).map((metric) => [metric.descriptor.name, metric]),
    );
  };
  return { cache, spans: () => spans.getFinishedSpans(), metrics };
}

describe("OpenTelemetry", () => {
  it("has a span for a read, with the factory's inside, and none of it tells keys or values", async () => {
    const { cache, spans } = setUp();
    await sleep(1);
    expect(await cache.getOrSet("secret-key", () => 4_711)).toBe(4_711);
    expect(await cache.getOrSet("secret-key", () => 5)).toBe(4_711);
    const [factory, miss, hit] = spans();
    expect([factory, miss, hit].map((span) => span!.name)).toEqual([
      "cache factory",
      "cache getOrSet",
      "cache getOrSet",
    ]);
    expect(factory!.parentSpanContext?.spanId).toBe(miss!.spanContext().spanId);
    expect(miss!.attributes).toMatchObject({ "holdfast.cache.name": "test", "holdfast.cache.status": "miss" });
    expect(hit!.attributes).toMatchObject({ "holdfast.cache.status": "hit", "holdfast.cache.tier": "memory" });
    expect(JSON.stringify(spans().map(({ name, attributes }) => ({ name, attributes })))).not.toMatch(
      /secret-key|4711/,
    );
  });

  it("marks failures with their type, not their text", async () => {
    const { cache, spans } = setUp();
    const failing = cache.getOrSet("key", () => {
      throw new TypeError("with a secret");
    });
    await expect(failing).rejects.toThrow("with a secret");
    for (const span of spans()) {
      expect(span.status.code).toBe(SpanStatusCode.ERROR);
      expect(span.attributes["error.type"]).toBe("TypeError");
      expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain("secret");
    }
  });

  it("counts requests by status and measures durations in seconds", async () => {
    const { cache, metrics } = setUp();
    await sleep(1);
    await cache.getOrSet("key", async () => {
      await sleep(20);
      return 1;
    });
    await cache.get("key");
    await cache.getMany(["key", "other"]);
    await cache.getOrSetMany(["key", "other"], (keys) => new Map(keys.map((key) => [key, 2])));
    await cache.set("key", 3, { tags: ["tag"] });
    await cache.delete("other");
    await cache.invalidateTags("tag");
    await cache.clear();
    const all = await metrics();
    const requests = all.get("holdfast.cache.requests")!;
    expect(requests.descriptor.unit).toBe("{request}");
    expect(requests.dataPoints.map(({ value, attributes }) => [value, attributes["holdfast.cache.status"]])).toEqual([
      [1, "miss"],
      [1, "hit"],
    ]);
    const operations = all.get("holdfast.cache.operation.duration")!;
    expect(operations.dataPoints.map(({ attributes }) => attributes["holdfast.cache.operation"])).toEqual([
      "getOrSet",
      "get",
      "getMany",
      "getOrSetMany",
      "set",
      "delete",
      "invalidateTags",
      "clear",
    ]);
    const factory = all.get("holdfast.cache.factory.duration")!.dataPoints[0]!.value as { sum: number };
    expect(factory.sum).toBeGreaterThan(0.015);
    expect(factory.sum).toBeLessThan(5);
  });

  it("leaves everything else as it is", async () => {
    const { cache } = setUp();
    const twice = cache.wrap(async (n: number) => 2 * n, { key: String });
    expect(await twice(4)).toBe(8);
    expect(await twice(4)).toBe(8);
    expect(cache.stats().factoryRuns).toBe(1);
    expect(await cache.get("4", { detailed: true })).toMatchObject({ value: 8, status: "hit" });
    await cache.close();
  });
});
