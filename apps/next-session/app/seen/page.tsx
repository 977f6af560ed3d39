import { getSession } from "../../lib/session.ts";

/** `proxy.ts` counts the visits of this page, and its render shows the count. */
export default async function Page() {
  const session = await getSession();
  return <output>{JSON.stringify({ user: session.userId, visits: session.get("visits") })}</output>;
}
