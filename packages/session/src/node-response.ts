type Call = (...args: never[]) => unknown;
type HeaderValue = number | string | string[];

/** What is used of Node's `ServerResponse`: structural, so that no types of Node are needed. */
export interface NodeResponse {
  statusCode: number;
  statusMessage: string;
  readonly headersSent: boolean;
  getHeaderNames(): string[];
  getHeader(name: string): HeaderValue | undefined;
  setHeader(name: string, value: HeaderValue): unknown;
  appendHeader(name: string, value: string | string[]): unknown;
  removeHeader(name: string): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  emit(event: "drain"): boolean;
  writeHead: Call;
  write: Call;
  end: Call;
  flushHeaders: Call;
}

/** A response's status and headers. */
interface Head {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: ReadonlyMap<string, HeaderValue>;
}

/** The status and headers as they are now. */
export function readHead(response: NodeResponse): Head {
  const { statusCode, statusMessage } = response;
  const headers = new Map<string, HeaderValue>();
  for (const name of response.getHeaderNames()) {
    const value = response.getHeader(name);
    if (value !== undefined) headers.set(name, value);
  }
  return { statusCode, statusMessage, headers };
}

/** Makes them so again. */
export function restoreHead(response: NodeResponse, { statusCode, statusMessage, headers }: Head): void {
  response.statusCode = statusCode;
  response.statusMessage = statusMessage;
  for (const name of response.getHeaderNames()) if (!headers.has(name)) response.removeHeader(name);
  for (const [name, value] of headers) if (response.getHeader(name) !== value) response.setHeader(name, value);
}

/**
 * Does what `writeHead(status, message?, headers?)` does before anything leaves.
 *
 * @see https://nodejs.org/api/http.html#responsewriteheadstatuscode-statusmessage-headers
 */
export function setHead(response: NodeResponse, args: readonly unknown[]): void {
  const [status, second, third] = args;
  const headers = entriesOf(typeof second === "string" ? third : (second ?? third));
  response.statusCode = status as number;
  if (typeof second === "string") response.statusMessage = second;
  for (const [name] of headers) response.removeHeader(name);
  for (const [name, value] of headers) response.appendHeader(name, value);
}

/** Of an object, a list of pairs, or a list in which names and values alternate. */
function entriesOf(headers: unknown): [name: string, value: string | string[]][] {
  if (!Array.isArray(headers)) return Object.entries(headers ?? {});
  if (Array.isArray(headers[0])) return headers;
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]]] : []));
}
