import type { Backend, BusHandlers, BusSubscription, MessageBus } from "@holdfast/core";
import { aborted, codeOf, errorOf, eventually, type Section, type Suite } from "./suite.ts";
import { AWKWARD_TEXTS, ONE_MEGABYTE } from "./texts.ts";

/** A subscriber that keeps what it hears. */
interface Ear extends BusSubscription {
  readonly heard: string[];
  /** Waits until it has heard so many. */
  hears(count: number): Promise<readonly string[]>;
}

async function listen(bus: MessageBus, channel: string, handlers?: Partial<BusHandlers>): Promise<Ear> {
  const heard: string[] = [];
  const subscription = await bus.subscribe(channel, {
    onMessage: (message) => {
      heard.push(message);
      handlers?.onMessage?.(message);
    },
  });
  return {
    heard,
    unsubscribe: () => subscription.unsubscribe(),
    async hears(count) {
      await eventually(() => heard.length >= count);
      return heard;
    },
  };
}

function busOf(backend: Backend): MessageBus {
  if (backend.bus) return backend.bus;
  throw new Error(`The backend "${backend.name}" has no bus: give the harness { skip: [{ test: "bus", reason }] }.`);
}

/** Two handles' buses and a channel of the test's own. */
async function setUp({ open, namespace }: Suite): Promise<{ one: MessageBus; other: MessageBus; channel: string }> {
  return { one: busOf(await open()), other: busOf(await open()), channel: `hf:test:${namespace}` };
}

function fail(): never {
  throw new Error("a subscriber's own error");
}

/** Messages between processes. */
export const BUS: Section = {
  name: "bus",
  cases: [
    [
      "reaches subscribers on every handle, the publisher's own among them",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        const ears = [await listen(one, channel), await listen(other, channel), await listen(other, channel)];
        await one.publish(channel, "hello");
        await Promise.all(ears.map((ear) => ear.hears(1)));
        suite.expect(ears.map(({ heard }) => heard)).toEqual([["hello"], ["hello"], ["hello"]]);
      },
    ],
    [
      "subscribing resolves once what is published next will arrive",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        for (let round = 0; round < 20; round += 1) {
          const ear = await listen(other, `${channel}${round}`);
          await one.publish(`${channel}${round}`, "first");
          suite.expect(await ear.hears(1)).toEqual(["first"]);
        }
      },
    ],
    [
      "messages arrive in order",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        const ears = [await listen(one, channel), await listen(other, channel)];
        const messages = Array.from({ length: 300 }, (_, index) => String(index));
        for (const message of messages.slice(0, 100)) await one.publish(channel, message);
        await Promise.all(messages.slice(100).map((message) => one.publish(channel, message)));
        for (const ear of ears) suite.expect(await ear.hears(messages.length)).toEqual(messages);
      },
    ],
    [
      "messages arrive after the publisher's turn, never inside its call",
      async (suite) => {
        const { one, channel } = await setUp(suite);
        let publishing = false;
        const during: boolean[] = [];
        const ear = await listen(one, channel, { onMessage: () => during.push(publishing) });
        publishing = true;
        const published = one.publish(channel, "m");
        publishing = false;
        await published;
        await ear.hears(1);
        suite.expect(during).toEqual([false]);
      },
    ],
    [
      "channels are apart, and their names are no patterns",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        const names = [channel, `${channel}:`, `${channel}*`, `${channel}?`, `${channel}[a]`, `${channel}é\n,`];
        const ears = [];
        for (const name of names) ears.push(await listen(other, name));
        for (const [index, name] of names.entries()) await one.publish(name, String(index));
        await Promise.all(ears.map((ear) => ear.hears(1)));
        // A stray message would come late: one more round trip on each channel flushes it out.
        for (const name of names) await one.publish(name, "last");
        await Promise.all(ears.map((ear) => ear.hears(2)));
        suite.expect(ears.map(({ heard }) => heard)).toEqual(names.map((_, index) => [String(index), "last"]));
      },
    ],
    [
      "every text arrives as it was sent, a megabyte too",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        const ear = await listen(other, channel);
        for (const text of [...AWKWARD_TEXTS, ONE_MEGABYTE]) await one.publish(channel, text);
        const heard = await ear.hears(AWKWARD_TEXTS.length + 1);
        suite.expect(heard.slice(0, -1)).toEqual([...AWKWARD_TEXTS]);
        suite.expect(heard.at(-1) === ONE_MEGABYTE).toBe(true);
      },
    ],
    [
      "unsubscribing ends delivery to that subscriber only, and may be repeated",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        const [leaving, staying] = [await listen(other, channel), await listen(other, channel)];
        await one.publish(channel, "1");
        await Promise.all([leaving.hears(1), staying.hears(1)]);
        await leaving.unsubscribe();
        await leaving.unsubscribe();
        await one.publish(channel, "2");
        suite.expect(await staying.hears(2)).toEqual(["1", "2"]);
        suite.expect(leaving.heard).toEqual(["1"]);
        await staying.unsubscribe();
        const back = await listen(other, channel);
        await one.publish(channel, "3");
        suite.expect(await back.hears(1)).toEqual(["3"]);
        suite.expect(staying.heard).toEqual(["1", "2"]);
      },
    ],
    [
      "the same handlers subscribed twice are told twice, and leave one by one",
      async (suite) => {
        const { one, channel } = await setUp(suite);
        const heard: string[] = [];
        const handlers = { onMessage: (message: string) => void heard.push(message) };
        const first = await one.subscribe(channel, handlers);
        const second = await one.subscribe(channel, handlers);
        await one.publish(channel, "1");
        suite.expect(await eventually(() => heard.length === 2)).toBe(true);
        await first.unsubscribe();
        await one.publish(channel, "2");
        suite.expect(await eventually(() => heard.length === 3)).toBe(true);
        await second.unsubscribe();
        suite.expect(heard).toEqual(["1", "1", "2"]);
      },
    ],
    [
      "a subscriber that throws keeps nothing from the others",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        const broken = await listen(other, channel, { onMessage: fail });
        const ear = await listen(other, channel);
        await one.publish(channel, "1");
        await one.publish(channel, "2");
        suite.expect(await ear.hears(2)).toEqual(["1", "2"]);
        suite.expect(await broken.hears(2)).toEqual(["1", "2"]);
      },
    ],
    [
      "hundreds may listen",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        const ears = await Promise.all(
          Array.from({ length: 200 }, (_, index) => listen(other, `${channel}${index % 20}`)),
        );
        await Promise.all(Array.from({ length: 20 }, (_, index) => one.publish(`${channel}${index}`, String(index))));
        await Promise.all(ears.map((ear) => ear.hears(1)));
        suite.expect(ears.map(({ heard }) => heard)).toEqual(ears.map((_, index) => [String(index % 20)]));
      },
    ],
    [
      "publishing to nobody is no error; what was delivered before is not heard by who comes later",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        await one.publish(channel, "nobody hears this");
        const early = await listen(other, `${channel}:2`);
        await one.publish(`${channel}:2`, "before");
        await early.hears(1);
        const late = await listen(other, `${channel}:2`);
        await one.publish(`${channel}:2`, "after");
        suite.expect(await late.hears(1)).toEqual(["after"]);
        suite.expect(await early.hears(2)).toEqual(["before", "after"]);
      },
    ],
    [
      "an aborted publish or subscribe rejects with the signal's reason and does nothing",
      async (suite) => {
        const { one, other, channel } = await setUp(suite);
        const reason = new Error("no longer wanted");
        const ear = await listen(other, channel);
        suite.expect(await errorOf(() => one.publish(channel, "1", aborted(reason)))).toBe(reason);
        const heard: string[] = [];
        const handlers = { onMessage: (message: string) => void heard.push(message) };
        suite.expect(await errorOf(() => other.subscribe(channel, handlers, aborted(reason)))).toBe(reason);
        await one.publish(channel, "2");
        suite.expect(await ear.hears(1)).toEqual(["2"]);
        suite.expect(heard).toEqual([]);
      },
    ],
    [
      "closing a handle ends its subscriptions and no other's",
      async (suite) => {
        const { one, channel } = await setUp(suite);
        const closing = await suite.open();
        const [gone, ear] = [await listen(busOf(closing), channel), await listen(one, channel)];
        await closing.close();
        await one.publish(channel, "1");
        suite.expect(await ear.hears(1)).toEqual(["1"]);
        suite.expect(gone.heard).toEqual([]);
        await gone.unsubscribe();
        suite.expect(await codeOf(() => busOf(closing).publish(channel, "2"))).toBe("BACKEND_UNAVAILABLE");
        suite.expect(await codeOf(() => listen(busOf(closing), channel))).toBe("BACKEND_UNAVAILABLE");
        await one.publish(channel, "3");
        suite.expect(await ear.hears(2)).toEqual(["1", "3"]);
      },
    ],
  ],
};
