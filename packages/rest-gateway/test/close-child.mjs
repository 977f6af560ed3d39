// Starts a gateway, leaves a stream, a blocked command and an idle keep-alive connection open, and closes it. This
// process must then end by itself.
import { startGateway } from "@holdfast/rest-gateway";

const gateway = await startGateway({ redis: process.argv[2] });
const post = (path) =>
  fetch(`${gateway.url}${path}`, { method: "POST", headers: { authorization: `Bearer ${gateway.token}` } });
await (await post("/ping")).text();
const stream = await post("/subscribe/channel");
const reading = stream.text().catch((error) => error);
const blocked = post("/blpop/none/0").catch((error) => error);
// The blocked command is under way once a later one is answered.
await (await post("/ping")).text();
await gateway.close();
await gateway.close();
await reading;
if (!((await blocked) instanceof Error)) throw new Error("The blocked command was answered.");
console.log("closed");
