import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** Lets the page load its own files only: no inline script, no other host, no frame around it. */
export function securityHeaders(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
    },
    crossOriginEmbedderPolicy: "require-corp",
    permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
    referrerPolicy: "no-referrer",
    // Served over plain HTTP on the loopback address, where HSTS has no effect.
    strictTransportSecurity: false,
    xFrameOptions: "DENY",
  });
}
