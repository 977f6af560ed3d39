import { ConfigurationError } from "@holdfast/core";
import { describe, expect, it } from "vitest";
import { backends } from "./backend.ts";
import { backendNames, readEnvironment } from "./environment.ts";

describe("readEnvironment", () => {
  it("has a default for everything", () => {
    const expected = { backend: "memory", host: "127.0.0.1", port: 3000 };
    expect(readEnvironment({})).toEqual(expected);
    expect(readEnvironment({ BACKEND: "", HOST: "", PORT: "" })).toEqual(expected);
  });

  it("takes every backend that there is a line for", () => {
    expect(Object.keys(backends).toSorted()).toEqual([...backendNames].toSorted());
    for (const name of backendNames) expect(readEnvironment({ BACKEND: name }).backend).toBe(name);
    expect(readEnvironment({ HOST: "::1", PORT: "0" })).toMatchObject({ host: "::1", port: 0 });
  });

  it("names every wrong variable and what it may be, and repeats no value", () => {
    const read = () => readEnvironment({ BACKEND: "s3cret", PORT: "eighty" });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/BACKEND must be one of memory, redis, upstash, vercel-kv.*\n.*PORT must be a number/);
    expect(read).not.toThrow(/s3cret|eighty/);
  });

  it.each(["65536", "-1", "3000.5", "3e3", "0x10", " 1"])("refuses the port %j", (port) => {
    expect(() => readEnvironment({ PORT: port })).toThrow(/PORT must be a number from 0 to 65535/);
  });
});
