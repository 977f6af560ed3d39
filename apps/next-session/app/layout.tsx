import type { ReactNode } from "react";
import { getSession } from "../lib/session.ts";

export default async function Layout({ children }: { children: ReactNode }) {
  const { userId, status } = await getSession();
  return (
    <html lang="en">
      <body>
        <header data-status={status}>{userId ?? "Visitor"}</header>
        {children}
      </body>
    </html>
  );
}
