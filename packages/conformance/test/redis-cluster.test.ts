import { redisBackend } from "@holdfast/adapter-redis";
import { describeBackend } from "@holdfast/conformance";
import { type ClusterHandle, startCluster } from "@holdfast/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeModel } from "./model/describe-model.ts";

let cluster: ClusterHandle;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const open = async () => redisBackend({ cluster: { nodes: cluster.nodes }, commandTimeout: "10s" });

describeBackend("redis cluster", { open }, { describe, it, expect });

describeModel("redis cluster", open, 30);
