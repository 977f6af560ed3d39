import { data, type LoaderFunctionArgs, Outlet, redirect, useLoaderData } from "react-router";
import { commitSession, destroySession, getSession } from "../session.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const session = await getSession(request);
  if (new URL(request.url).searchParams.has("write")) session.set("root", (session.get("root") ?? 0) + 1);
  return data({ ...session.data }, { headers: { "Set-Cookie": await commitSession(session) } });
}

export async function action({ request }: LoaderFunctionArgs) {
  const session = await getSession(request);
  return redirect("/classic", { headers: { "Set-Cookie": await destroySession(session) } });
}

export default function Classic() {
  return (
    <main>
      <output>{JSON.stringify(useLoaderData<typeof loader>())}</output>
      <Outlet />
    </main>
  );
}
