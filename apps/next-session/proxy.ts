import { sessionProxy } from "@holdfast/session/next";
import { NextResponse } from "next/server";
import { sessions } from "./lib/session.ts";

export const proxy = sessionProxy(sessions, ({ nextUrl }, session) => {
  if (nextUrl.pathname === "/seen") session.increment("visits");
  if (nextUrl.pathname !== "/left") return undefined;
  session.signOut();
  return NextResponse.rewrite(new URL("/seen", nextUrl));
});

export const config = {
  matcher: [
    {
      source: "/((?!api|_next|favicon.ico).*)",
      // Next hides these from the proxy itself.
      missing: [
        { type: "header", key: "next-router-prefetch" },
        { type: "header", key: "purpose", value: "prefetch" },
      ],
    },
  ],
};
