import { redirect } from "next/navigation";
import { withSession } from "../../../lib/session.ts";

export const GET = withSession((_request, session) =>
  Response.json({ draft: session.get("draft"), notice: session.get("notice") }),
);

export const POST = withSession(async (request, session) => {
  session.set("draft", await request.text());
  if (request.nextUrl.searchParams.has("leave")) redirect("/");
  return new Response(null, { status: 204 });
});
