import type { EnvVariable } from "./read-env.ts";

/** @returns What is wrong with the text, to follow the variable's name, without the text; `undefined` if nothing is. */
export function checkVariable(text: string, { kind, protocols }: EnvVariable): string | undefined {
  if (text.trim() !== text) return "begins or ends with white space or a line break";
  if (/^["'`]|["'`]$/.test(text)) return "has quotation marks around its value";
  if (/[\s\p{Cc}]/u.test(text)) return "has white space or a control character inside";
  return kind === "url" ? checkUrl(text, protocols) : undefined;
}

function checkUrl(text: string, protocols: readonly string[] | undefined): string | undefined {
  const form = protocols ? `; it must begin with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}` : "";
  if (!URL.canParse(text)) return `is not a URL${form}`;
  const { protocol, hostname } = new URL(text);
  if (protocols && !protocols.includes(protocol)) return `is a URL of another kind${form}`;
  return hostname === "" ? "is a URL without a host" : undefined;
}
