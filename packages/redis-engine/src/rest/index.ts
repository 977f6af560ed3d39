export { type RestRequester, safeRequester } from "./requester.ts";
export { createRestBackend, type RestCredentials, resolveRestCredentials } from "./rest-backend.ts";
