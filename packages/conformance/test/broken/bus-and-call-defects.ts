import type { Backend, KeyValueStore } from "@holdfast/core";
import { busDefect, type Defect, kvDefect, override, pause } from "./override.ts";

const calls = "calls";

/** Every one of the calls of a tick fails if one does. */
function failTogether(kv: KeyValueStore): KeyValueStore {
  let batch: Promise<unknown>[] = [];
  return new Proxy(kv, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function" || name === "scan") return method;
      return async (...args: unknown[]) => {
        const mine = batch;
        const call = method.apply(target, args) as Promise<unknown>;
        mine.push(call);
        call.catch(() => {});
        await Promise.resolve();
        if (batch === mine) batch = [];
        await Promise.all(mine);
        return call;
      };
    },
  });
}

export const BUS_AND_CALL_DEFECTS: readonly Defect[] = [
  busDefect("messages overtake each other", (bus) => ({
    publish: async (channel, message) => {
      if (message.length % 2) await pause();
      await bus.publish(channel, message);
    },
  })),
  busDefect("the last message is lost", (bus) => ({
    publish: async (channel, message) => {
      if (message !== "299") await bus.publish(channel, message);
    },
  })),
  busDefect("messages are delivered inside the publisher's call", () => {
    const listeners = new Map<string, Set<(message: string) => void>>();
    return {
      publish: async (channel, message) => {
        for (const listener of listeners.get(channel) ?? []) listener(message);
      },
      subscribe: async (channel, handlers) => {
        const onMessage = (message: string) => handlers.onMessage(message);
        listeners.set(channel, (listeners.get(channel) ?? new Set()).add(onMessage));
        return { unsubscribe: async () => void listeners.get(channel)?.delete(onMessage) };
      },
    };
  }),
  busDefect("subscribing resolves too early", (bus) => ({
    subscribe: async (channel, handlers) => {
      const subscribing = pause().then(() => bus.subscribe(channel, handlers));
      return { unsubscribe: async () => (await subscribing).unsubscribe() };
    },
  })),
  busDefect("channels are compared by their beginning", (bus) => ({
    publish: (channel, message) => bus.publish(channel.split("*")[0] ?? "", message),
  })),
  busDefect("messages end at the first line", (bus) => ({
    publish: (channel, message) => bus.publish(channel, message.split("\n")[0] ?? ""),
  })),
  busDefect("unsubscribing does nothing", (bus) => ({
    subscribe: async (...args) => {
      await bus.subscribe(...args);
      return { unsubscribe: async () => {} };
    },
  })),
  busDefect("unsubscribing ends the channel for all", (bus) => {
    const silenced = new Set<string>();
    return {
      subscribe: async (channel, handlers) => {
        const subscription = await bus.subscribe(channel, {
          onMessage: (message) => silenced.has(channel) || handlers.onMessage(message),
        });
        return {
          unsubscribe: async () => {
            silenced.add(channel);
            await subscription.unsubscribe();
          },
        };
      },
    };
  }),
  busDefect("messages are kept for later subscribers", (bus) => {
    const last = new Map<string, string>();
    return {
      publish: async (channel, message) => {
        last.set(channel, message);
        await bus.publish(channel, message);
      },
      subscribe: async (channel, handlers) => {
        const subscription = await bus.subscribe(channel, handlers);
        const kept = last.get(channel);
        if (kept !== undefined) handlers.onMessage(kept);
        return subscription;
      },
    };
  }),
  busDefect("an aborted publish is sent", (bus) => ({
    publish: async (channel, message, options) => {
      await bus.publish(channel, message);
      options?.signal?.throwIfAborted();
    },
  })),
  busDefect("an aborted subscription is made", (bus) => ({
    subscribe: (channel, handlers) => bus.subscribe(channel, handlers),
  })),
  busDefect("a closed bus swallows what is published", (bus) => ({
    publish: (...args) =>
      bus.publish(...args).catch((error: Error) => (isClosed(error) ? undefined : Promise.reject(error))),
  })),
  {
    name: "closing leaves subscriptions behind",
    section: "bus",
    breakIt: (backend) => ({ ...backend, close: async () => {} }),
  },
  {
    name: "one call of a tick fails them all",
    section: calls,
    breakIt: (backend) => ({ ...backend, kv: failTogether(backend.kv) }),
  },
  kvDefect(calls, "calls of a tick take effect in another order", (kv) => ({
    set: async (...args) => {
      await pause();
      return kv.set(...args);
    },
  })),
  kvDefect(calls, "an aborted write is made", (kv) => ({
    set: async (key, value, { signal, ...options }) => {
      const written = await kv.set(key, value, options);
      signal?.throwIfAborted();
      return written;
    },
  })),
  kvDefect(calls, "an aborted read reads as missing", (kv) => ({
    get: (key, options) => (options?.signal?.aborted ? Promise.resolve(undefined) : kv.get(key, options)),
  })),
  kvDefect(calls, "a call that is aborted under way reads as missing", (kv) => ({
    get: async (key, options) => {
      const held = await kv.get(key, options);
      await pause();
      return options?.signal?.aborted ? undefined : held;
    },
  })),
  kvDefect(calls, "aborting one call fails the others of its tick", (kv) => {
    let signal: AbortSignal | undefined;
    return {
      get: async (key, options) => {
        options?.signal?.throwIfAborted();
        signal ??= options?.signal;
        await Promise.resolve();
        const mine = signal;
        await pause();
        signal = undefined;
        if (mine?.aborted) throw mine.reason;
        return kv.get(key, options);
      },
    };
  }),
  {
    name: "an aborted invalidation is made",
    section: calls,
    breakIt: (backend) => ({
      ...backend,
      cache: override(backend.cache, {
        invalidate: async (what, options) => {
          const nowMs = await backend.cache.invalidate(what);
          options?.signal?.throwIfAborted();
          return nowMs;
        },
      }),
    }),
  },
  kvDefect(calls, "an abort is reported as another error", (kv) => ({
    has: (key, options) =>
      kv.has(key, options).catch(() => {
        throw new Error("failed");
      }),
  })),
  kvDefect(calls, "signals make calls fail", (kv) => ({
    ttl: (key, options) => (options?.signal ? Promise.reject(new Error("no signals")) : kv.ttl(key)),
  })),
  kvDefect(calls, "errors repeat what was stored", (kv) => ({
    increment: (key, ...rest) =>
      kv.increment(key, ...rest).catch(async (error: Error) => {
        throw Object.assign(error, { cause: new Error(`cannot count ${await kv.get(key)}`) });
      }),
  })),
  ...statsDefects(),
  {
    name: "a closed backend still answers",
    section: calls,
    breakIt: (backend) => ({ ...backend, close: async () => {}, [Symbol.asyncDispose]: async () => {} }),
  },
  {
    name: "a closed backend answers reads with nothing",
    section: calls,
    breakIt: (backend) => ({
      ...backend,
      kv: override(backend.kv, {
        get: (...args) =>
          backend.kv.get(...args).catch((error: Error) => (isClosed(error) ? undefined : Promise.reject(error))),
      }),
    }),
  },
  {
    name: "ping takes seconds for milliseconds",
    section: calls,
    breakIt: (backend) => ({ ...backend, ping: async (options) => (await backend.ping(options)) + 60_000 }),
  },
];

function isClosed(error: Error): boolean {
  return "code" in error && error.code === "BACKEND_UNAVAILABLE";
}

function statsDefects(): Defect[] {
  const withStats = (name: string, change: (stats: ReturnType<Backend["stats"]>) => ReturnType<Backend["stats"]>) => ({
    name,
    section: calls,
    breakIt: (backend: Backend) => ({ ...backend, stats: () => change(backend.stats()) }),
  });
  return [
    withStats("an operation is two round trips", (stats) => ({ ...stats, roundTrips: stats.commands * 2 })),
    withStats("each call of a tick is a round trip", (stats) => ({ ...stats, roundTrips: stats.commands })),
    withStats("commands are not counted", (stats) => ({ ...stats, commands: 0 })),
    withStats("failures are not counted", (stats) => ({ ...stats, errors: 0 })),
  ];
}
