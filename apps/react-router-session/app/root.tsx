import { type MiddlewareFunction, Outlet } from "react-router";
import { session } from "./session.server.ts";

export const middleware: MiddlewareFunction<Response>[] = [session];

export default function Root() {
  return (
    <html lang="en">
      <body>
        <Outlet />
      </body>
    </html>
  );
}
