import { type ActionFunctionArgs, Form, type LoaderFunctionArgs, redirect, useLoaderData } from "react-router";
import { session, sessions } from "../session.server.ts";

export async function loader({ context }: LoaderFunctionArgs) {
  const current = context.get(session.key);
  return { user: current.userId, notice: current.get("notice"), csrf: await current.csrfToken() };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const current = context.get(session.key);
  const form = new URLSearchParams(await request.text());
  if (!(await sessions.verifyCsrf(current, form.get("csrf")))) throw new Response(null, { status: 403 });
  const order = form.get("do") ?? "";
  if (order === "sign out") current.signOut();
  else current.signIn(form.get("user") ?? "", { device: request.headers.get("user-agent") ?? "unknown" });
  current.flash("notice", `Done: ${order}`);
  if (order === "fail") throw new Error("as it should");
  return redirect("/");
}

export default function Home() {
  const seen = useLoaderData<typeof loader>();
  return (
    <main>
      <output>{JSON.stringify(seen)}</output>
      <Form method="post">
        <input type="hidden" name="csrf" value={seen.csrf} />
        <input name="user" />
        <button type="submit" name="do" value="sign in">
          Sign in
        </button>
        <button type="submit" name="do" value="sign out">
          Sign out
        </button>
      </Form>
    </main>
  );
}

export function ErrorBoundary() {
  return <p>Something failed.</p>;
}
