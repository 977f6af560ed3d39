import { expect, it } from "vitest";
import { data, describeStore, json, sidOf, underWay } from "./express-session-app.ts";

describeStore("requests at the same time", ({ events, start, twoProcesses }) => {
  it("load here, destroy there, save here: it does not come back, and the response is sent", async () => {
    const { here, there, gate } = await twoProcesses();
    const witness = here.clone();
    const late = await underWay(here, gate, { theme: "late" });
    await there.fetch("/sign-out", { method: "POST" });
    expect(await (await late.go()).json()).toBe("set");
    expect([await data(witness), await data(there)]).toEqual([{}, {}]);
    expect(events).toMatchObject([{ type: "discarded", fields: ["theme"] }]);
    expect(JSON.stringify(events)).not.toContain(sidOf(witness));
  });

  it("load here, sign in there, save here: the old id does not come back", async () => {
    const { here, there, gate } = await twoProcesses();
    const late = await underWay(here, gate, { theme: "late" });
    await there.fetch("/sign-in", { method: "POST" });
    await late.go();
    expect([await data(here), await data(there)]).toEqual([{}, { user: "ada" }]);
  });

  it("uses and a destroy in any order end destroyed", async () => {
    const { here, there } = await twoProcesses({ store: { touchThrottle: 1 }, cookie: { maxAge: 60_000 } });
    const witness = here.clone();
    const uses = Array.from({ length: 10 }, () => here.clone().fetch("/"));
    await Promise.all([...uses, there.fetch("/sign-out", { method: "POST" })]);
    await Promise.all(Array.from({ length: 5 }, () => witness.fetch("/")));
    expect(await data(witness)).toEqual({});
  });

  it("writers of different fields both keep theirs, and a field that one removes stays removed", async () => {
    const { here, there, gate } = await twoProcesses({ cookie: { maxAge: 60_000 } });
    await here.fetch("/set", json({ user: "ada" }));
    const slow = await underWay(here, gate, { cart: ["book"], user: null });
    await there.fetch("/set", json({ odd: 1 }));
    await slow.go();
    expect(await data(here)).toEqual({ theme: "dark", cart: ["book"], odd: 1 });
    await there.fetch("/set", json({ theme: "light" }));
    expect(await data(here)).toEqual({ theme: "light", cart: ["book"], odd: 1 });
    expect(events).toEqual([]);
  });

  it("of writers of the same field the last one wins, which an event tells", async () => {
    const { here, there, gate } = await twoProcesses();
    const slow = await underWay(here, gate, { theme: "slow" });
    await there.fetch("/set", json({ theme: "fast", user: "ada" }));
    await slow.go();
    expect(await data(there)).toEqual({ theme: "slow", user: "ada" });
    expect(events).toMatchObject([{ type: "conflict", fields: ["theme"] }]);
  });

  it("many writers lose nothing", async () => {
    const { here, there } = await twoProcesses();
    const writes = Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? here : there).clone().fetch("/set", json({ [`field${index}`]: index })),
    );
    await Promise.all(writes);
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`field${index}`, index]));
    expect(await data(here)).toEqual({ theme: "dark", ...fields });
  });

  it("one that saves twice without waiting keeps both", async () => {
    const { client } = await start(0, {}, (app) => {
      app.get("/twice", ({ session }, response) => {
        session.theme = "dark";
        session.save();
        session.cart = ["book"];
        session.save();
        delete session.theme;
        response.json("done");
      });
    });
    await client.fetch("/twice");
    expect(await data(client)).toEqual({ cart: ["book"] });
    await client.fetch("/set", json({ theme: "light", user: "ada" }));
    await client.fetch("/twice");
    expect(await data(client)).toEqual({ cart: ["book"], user: "ada" });
    expect(events).toEqual([]);
  });

  it("reload sees what others saved, and saves on top of that", async () => {
    const { here, there } = await twoProcesses();
    const { client } = await start(0, {}, (app) => {
      app.get("/reload", (request, response, next) => {
        request.session.theme = "not saved";
        there.fetch("/set", json({ user: "ada" })).then(() => {
          request.session.reload((error) => {
            if (error) return next(error);
            request.session.cart = ["book"];
            response.json("reloaded");
          });
        }, next);
      });
    });
    for (const [name, value] of here.cookies) client.cookies.set(name, value);
    await client.fetch("/reload");
    expect(await data(client)).toEqual({ theme: "dark", user: "ada", cart: ["book"] });
  });
});
