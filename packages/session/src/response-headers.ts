/**
 * Headers that speak of one response's body, or of where it sends the browser. An error in its place has its own; least
 * of all may it be cached as long as what it replaces.
 */
export const HEADERS_OF_ONE_RESPONSE: readonly string[] = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-range",
  "content-type",
  "etag",
  "expires",
  "last-modified",
  "location",
  "transfer-encoding",
];
