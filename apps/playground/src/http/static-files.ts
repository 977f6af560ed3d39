import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { MiddlewareHandler } from "hono";

const FOLDER = fileURLToPath(new URL("../../public/", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

interface StaticFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Serves the files that `public` held at the start, from memory: a path is looked up among them and never
 * reaches the file system.
 */
export async function staticFiles(): Promise<MiddlewareHandler> {
  const files = await readFolder(FOLDER);
  return async (context, next) => {
    const { method, path } = context.req;
    const file = files.get(path === "/" ? "/index.html" : path);
    if (!file || (method !== "GET" && method !== "HEAD")) return next();
    if (context.req.header("If-None-Match") === file.headers["ETag"]) return context.body(null, 304, file.headers);
    return context.body(file.body, 200, file.headers);
  };
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = paths.map(async (path): Promise<[string, StaticFile]> => {
    const body = new Uint8Array(await readFile(path));
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    const tag = createHash("sha256").update(body).digest("base64url").slice(0, 16);
    const headers = { "Content-Type": type, "Cache-Control": "no-cache", ETag: `"${tag}"` };
    return [`/${relative(folder, path).split(sep).join("/")}`, { body, headers }];
  });
  return new Map(await Promise.all(read));
}
