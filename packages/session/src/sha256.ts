interface NodeCrypto {
  readonly hash?: (algorithm: "sha256", data: string, encoding: "base64url") => string;
}

interface NodeProcess {
  readonly getBuiltinModule?: (id: "node:crypto") => NodeCrypto | undefined;
}

/** Node's own is synchronous: Web Crypto would cost each request a turn of the thread pool. */
const hashOfNode = (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.("node:crypto")?.hash;

/** SHA-256 of a text, in base64url without padding: 43 characters. */
export function sha256(text: string): string | Promise<string> {
  return hashOfNode ? hashOfNode("sha256", text, "base64url") : sha256OfWebCrypto(text);
}

/** The same in runtimes without Node's modules. */
export async function sha256OfWebCrypto(text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

/** @see https://www.rfc-editor.org/rfc/rfc4648#section-5 */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
