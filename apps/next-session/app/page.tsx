import { getSession } from "../lib/session.ts";
import { dismiss, fail, signIn, signOut } from "./actions.ts";

export default async function Page() {
  const session = await getSession();
  const seen = { ...session.all(), user: session.userId, notice: session.get("notice"), again: session.get("notice") };
  return (
    <main>
      <output>{JSON.stringify(seen)}</output>
      <form action={signIn}>
        <input name="user" />
        <button type="submit">Sign in</button>
      </form>
      <form action={dismiss}>
        <button type="submit">Dismiss</button>
      </form>
      <form action={fail}>
        <button type="submit">Fail</button>
      </form>
      <form action={signOut}>
        <button type="submit">Sign out</button>
      </form>
    </main>
  );
}
