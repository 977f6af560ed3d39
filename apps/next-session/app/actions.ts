"use server";

import { redirect } from "next/navigation";
import { updateSession } from "../lib/session.ts";

export async function signIn(form: FormData): Promise<void> {
  const user = form.get("user");
  if (typeof user !== "string") return;
  await updateSession((session) => {
    session.signIn(user);
    session.flash("notice", "Welcome");
    redirect("/");
  });
}

/** What a browser calls once it has shown the notice. */
export async function dismiss(): Promise<void> {
  await updateSession((session) => session.get("notice"));
}

export async function fail(): Promise<void> {
  await updateSession((session) => {
    session.set("draft", "half");
    throw new Error("as it should");
  });
}

export async function signOut(): Promise<void> {
  await updateSession((session) => session.signOut());
}
