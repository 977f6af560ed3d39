import type {
  Announcement,
  CacheClaim,
  CacheClaimResult,
  CacheFill,
  CacheInvalidation,
  CachePut,
  CacheRead,
  CacheReadResult,
  CacheSlot,
  CacheStore,
  CallOptions,
} from "@holdfast/core";
import type { RedisCommands } from "../redis-commands.ts";
import type { RedisReply } from "../redis-transport.ts";
import { decodeNumber, decodeTexts } from "../replies.ts";
import { readTexts, removeKeys } from "../texts.ts";
import { bySlot, type Group } from "./by-slot.ts";
import { decodeClaim, decodeTime } from "./claim-reply.ts";
import { claim as claimScript } from "./claim-script.ts";
import { fill as fillScript } from "./fill-script.ts";
import { invalidate as invalidateScript } from "./invalidate-script.ts";
import { release as releaseScript, renew as renewScript } from "./lease-scripts.ts";
import { put as putScript } from "./put-script.ts";
import { parseEntry } from "./stored-entry.ts";
import { prolongElsewhere, versionsElsewhere } from "./versions-elsewhere.ts";

/** A few for each node of a large cluster. */
const CLUSTER_BUCKETS = 64;

/** The cache port in Redis commands and scripts. */
export class RedisCacheStore implements CacheStore {
  readonly buckets: number;
  readonly #redis: RedisCommands;
  /** On a cluster a script reaches one slot: tags and the epoch, which live elsewhere, take trips of their own. */
  readonly #clustered: boolean;

  constructor(redis: RedisCommands) {
    this.#redis = redis;
    this.#clustered = redis.transport.slotOf !== undefined;
    this.buckets = this.#clustered ? CLUSTER_BUCKETS : 1;
  }

  read(reads: readonly CacheRead[], options?: CallOptions): Promise<CacheReadResult[]> {
    const [first, ...others] = reads;
    if (!first) return Promise.resolve([]);
    if (others.length > 0 || (this.#clustered && first.tags.length > 0)) return this.#readMany(reads, options);
    const { entry, bucket } = first.slot;
    return this.#redis.call(["MGET", entry, bucket, ...first.tags], decodeRead, "repeatable", options);
  }

  generation(): number {
    return this.#redis.transport.generation?.() ?? 0;
  }

  async claim(claims: readonly CacheClaim[], options?: CallOptions): Promise<CacheClaimResult[]> {
    if (claims.length === 0) return [];
    const elsewhere = this.#clustered
      ? await versionsElsewhere(
          this.#redis,
          claims.map(({ tags, epoch, token, versionTtlMs }) => ({
            keys: [...tags, epoch],
            fresh: token,
            ttlMs: versionTtlMs,
          })),
          options,
        )
      : undefined;
    return this.#bySlot(claims, async (group) => {
      const replies = await this.#redis.run(
        claimScript,
        group.items.flatMap(({ slot, tags, epoch }) => [
          slot.entry,
          slot.lease,
          slot.bucket,
          ...(elsewhere ? [] : [...tags, epoch]),
        ]),
        group.items.flatMap(({ token, leaseTtlMs, versionTtlMs, seen, waitedFor, tags }, index) => [
          token,
          leaseTtlMs,
          versionTtlMs,
          seen ?? "",
          waitedFor ?? "",
          elsewhere ? 0 : tags.length,
          elsewhere ? 0 : 1,
          elsewhere?.[group.positions[index]!]?.slice(0, -1).join(",") ?? "",
        ]),
        options,
      );
      return group.items.map((item, index) =>
        decodeClaim(item, replies[index] ?? null, elsewhere?.[group.positions[index]!] ?? []),
      );
    });
  }

  fill(fills: readonly CacheFill[], options?: CallOptions): Promise<boolean[]> {
    return this.#clustered ? this.#fillElsewhere(fills, options) : this.#fillHere(fills, options);
  }

  renew(slot: CacheSlot, token: string, leaseTtlMs: number, options?: CallOptions): Promise<boolean> {
    return this.#redis.run(renewScript, [slot.lease], [token, leaseTtlMs], options);
  }

  release(
    slot: CacheSlot,
    token: string,
    failureTtlMs: number | undefined,
    announce?: Announcement,
    options?: CallOptions,
  ): Promise<void> {
    const { channel, message } = this.#addressed(announce);
    return this.#redis.run(releaseScript, [slot.lease], [token, failureTtlMs ?? 0, channel, message], options);
  }

  async put(puts: readonly CachePut[], announce?: Announcement, options?: CallOptions): Promise<void> {
    const { channel, message } = this.#addressed(announce);
    const tagged = puts.some(({ tags }) => tags.length > 0);
    const elsewhere =
      this.#clustered && tagged
        ? await versionsElsewhere(
            this.#redis,
            puts.map(({ tags, token, versionTtlMs }) => ({ keys: tags, fresh: token, ttlMs: versionTtlMs })),
            options,
          )
        : undefined;
    await this.#bySlot(puts, async (group) => {
      await this.#redis.run(
        putScript,
        group.items.flatMap(({ slot, tags }) => [slot.entry, slot.lease, slot.bucket, ...(elsewhere ? [] : tags)]),
        [
          this.#clustered ? "" : channel,
          message,
          ...group.items.flatMap(({ token, ttlMs, versionTtlMs, tags, text }, index) => [
            token,
            ttlMs,
            versionTtlMs,
            elsewhere ? 0 : tags.length,
            elsewhere?.[group.positions[index]!]?.join(",") ?? "",
            text,
          ]),
        ],
        options,
      );
      return group.items.map(() => undefined);
    });
    // On a cluster messages may overtake writes on other nodes, so they leave afterwards.
    if (this.#clustered) await this.#publish(announce, options);
  }

  async invalidate(
    { slots, tags, buckets, epoch, announce }: CacheInvalidation,
    options?: CallOptions,
  ): Promise<number> {
    const { channel, message } = this.#addressed(announce);
    const others = [...slots.flatMap(({ entry, lease }) => [entry, lease]), ...tags, ...buckets];
    if (!this.#clustered) {
      const keys = tags.length > 0 ? [epoch, ...others] : others;
      return this.#redis.run(invalidateScript, keys, [channel, message], options);
    }
    // The epoch first: who then finds a tag's new version also finds that the epoch changed. The bus last:
    // who hears of it must not read what was there before.
    if (tags.length > 0) await removeKeys(this.#redis, [epoch], "repeatable", options);
    await removeKeys(this.#redis, others, "repeatable", options);
    await this.#publish(announce, options);
    return this.now(options);
  }

  now(options?: CallOptions): Promise<number> {
    return this.#redis.call(["TIME"], decodeTime, "repeatable", options);
  }

  async #readMany(reads: readonly CacheRead[], options?: CallOptions): Promise<CacheReadResult[]> {
    const entries = reads.map(({ slot }) => slot.entry);
    const guards = guardsOf(reads);
    const texts = await readTexts(this.#redis, [...entries, ...guards], options);
    const versions = new Map(guards.map((key, index) => [key, texts[entries.length + index]]));
    return reads.map(({ slot, tags }, index) => ({
      entry: parseEntry(texts[index]),
      versions: [versions.get(slot.bucket), ...tags.map((tag) => versions.get(tag))],
    }));
  }

  /** The channel by its name on the server, with the client's prefix as the bus has it; empty for none. */
  #addressed(announce: Announcement | undefined): Announcement {
    if (!announce) return { channel: "", message: "" };
    return { ...announce, channel: (this.#redis.transport.keyPrefix ?? "") + announce.channel };
  }

  async #publish(announce: Announcement | undefined, options?: CallOptions): Promise<void> {
    if (!announce) return;
    const { channel, message } = this.#addressed(announce);
    await this.#redis.call(["PUBLISH", channel, message], decodeNumber, "repeatable", options);
  }

  /** Fills whose tags, named early or late, are in the slots of their entries; or that have none. */
  #fillHere(fills: readonly CacheFill[], options?: CallOptions): Promise<boolean[]> {
    return this.#bySlot(fills, async ({ items }) => {
      const replies = await this.#redis.run(
        fillScript,
        items.flatMap(({ slot, tags, lateTags, epoch }) => [
          slot.entry,
          slot.lease,
          slot.bucket,
          ...tags,
          ...(lateTags.length === 0 ? [] : [epoch.key, ...lateTags]),
        ]),
        items.flatMap(({ token, startedAtMs, versions, ttlMs, versionTtlMs, tags, lateTags, epoch, wake, text }) => {
          const { channel, message } = this.#addressed(wake);
          return [
            token,
            startedAtMs,
            versions.join(","),
            ttlMs,
            versionTtlMs,
            tags.length,
            lateTags.length,
            epoch.version,
            channel,
            message,
            text,
          ];
        }),
        options,
      );
      return items.map((_, index) => Number(replies[index]) === 1);
    });
  }

  /** On a cluster: what the script cannot reach is done around it. */
  async #fillElsewhere(fills: readonly CacheFill[], options?: CallOptions): Promise<boolean[]> {
    if (fills.length === 0) return [];
    const late = await this.#lateVersions(fills, options);
    const accepted = fills.flatMap((fill, index) => {
      const found = late[index];
      return found ? [{ ...fill, versions: [...fill.versions, ...found], tags: [], lateTags: [] }] : [];
    });
    const refused = fills.filter((_, index) => !late[index]);
    // All in one trip.
    const [stored] = await Promise.all([
      this.#fillHere(accepted, options),
      prolongElsewhere(
        this.#redis,
        fills.map(({ tags, versionTtlMs }) => ({ keys: tags, ttlMs: versionTtlMs })),
        options,
      ),
      ...refused.map(({ slot, token, wake }) => this.release(slot, token, undefined, wake, options)),
    ]);
    return late.map((found) => found !== undefined && stored.shift() === true);
  }

  /** The late tags' versions for each fill; `undefined` where some tag was invalidated since the claim. */
  async #lateVersions(fills: readonly CacheFill[], options?: CallOptions): Promise<(readonly string[] | undefined)[]> {
    if (fills.every(({ lateTags }) => lateTags.length === 0)) return fills.map(() => []);
    const versions = await versionsElsewhere(
      this.#redis,
      fills.map(({ lateTags, token, versionTtlMs }) => ({ keys: lateTags, fresh: token, ttlMs: versionTtlMs })),
      options,
    );
    const epochs = await readTexts(
      this.#redis,
      fills.map(({ epoch }) => epoch.key),
      options,
    );
    return versions.map((late, index) => {
      const fill = fills[index]!;
      return fill.lateTags.length === 0 || epochs[index] === fill.epoch.version ? late : undefined;
    });
  }

  #bySlot<Item extends { readonly slot: CacheSlot }, Result>(
    items: readonly Item[],
    run: (group: Group<Item>) => Promise<Result[]>,
  ): Promise<Result[]> {
    return bySlot(items, this.#redis.transport.slotOf, run);
  }
}

function decodeRead(reply: RedisReply): CacheReadResult[] {
  const [entry, ...versions] = decodeTexts(reply);
  return [{ entry: parseEntry(entry), versions }];
}

/** The versions' keys of all reads, each once. */
function guardsOf(reads: readonly CacheRead[]): string[] {
  const guards = new Set<string>();
  for (const { slot, tags } of reads) {
    guards.add(slot.bucket);
    for (const tag of tags) guards.add(tag);
  }
  return [...guards];
}
