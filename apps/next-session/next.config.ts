import type { NextConfig } from "next";

export default {
  // `npm run build` checks types: TypeScript 7 has no API for Next to call.
  typescript: { ignoreBuildErrors: true },
} satisfies NextConfig;
