/** What the tests need to know of the machine, or why they cannot run. */
export type Provisioning =
  | { readonly environment: Readonly<Record<string, string>> }
  | { readonly environment?: undefined; readonly failure: string };

/** Finds or installs Redis and Chromium, once for the whole run. */
export async function provision(announce: (message: string) => void): Promise<Provisioning> {
  // Built by the step before, so it is loaded only now.
  const { provisionRedis, provisionChromium } = await import("@holdfast/test-servers");
  try {
    const redis = await provisionRedis(announce);
    announce(`Redis: ${redis.choice}`);
    const chromium = provisionChromium(announce);
    announce(`Chromium: ${chromium.choice}`);
    const systemNode = process.env["HOLDFAST_SYSTEM_NODE"] ?? process.execPath;
    announce(`Node: ${process.version}; built packages also on ${systemNode}`);
    return {
      environment: { ...redis.environment, ...chromium.environment, HOLDFAST_SYSTEM_NODE: systemNode },
    };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
