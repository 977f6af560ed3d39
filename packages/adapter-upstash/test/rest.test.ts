import { Redis } from "@upstash/redis";
import { expect, it } from "vitest";
import { upstashBackend } from "../src/index.ts";
import { describeRest } from "./support/describe-rest.ts";

describeRest([
  { name: "with a client of Holdfast's own", open: (options) => upstashBackend(options) },
  {
    name: "with the caller's client at its default settings",
    open: ({ url, token, commandTimeout = 1_000 }) =>
      upstashBackend({ client: new Redis({ url, token }), commandTimeout }),
  },
]);

it("the caller's client stays as it is", () => {
  const client = new Redis({ url: "https://example.upstash.io", token: "t" });
  const settings = () => JSON.stringify(Reflect.get(client, "client"));
  const before = settings();
  upstashBackend({ client });
  expect(before).toMatch(/base64.*Telemetry/);
  expect(settings()).toBe(before);
});
