import { redisBackend } from "@holdfast/adapter-redis";
import { describeBackend } from "@holdfast/conformance";
import { type ClusterHandle, startCluster } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let cluster: ClusterHandle;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

describeBackend(
  "redis cluster",
  { open: async () => redisBackend({ cluster: { nodes: cluster.nodes }, commandTimeout: "10s" }) },
  { describe, it, expect },
);
