import { data, type LoaderFunctionArgs } from "react-router";
import { commitSession, getSession } from "../session.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const session = await getSession(request);
  if (new URL(request.url).searchParams.has("write")) session.set("page", (session.get("page") ?? 0) + 1);
  return data(null, { headers: { "Set-Cookie": await commitSession(session) } });
}

export default function ClassicPage() {
  return <p>Page</p>;
}
