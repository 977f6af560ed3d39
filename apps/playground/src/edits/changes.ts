/** Countries whose cities have changed, for whoever shows them. */
export interface Changes {
  /** @returns Ends the subscription. */
  subscribe(listener: (countries: readonly string[]) => void): () => void;
  announce(countries: readonly string[]): void;
  /** Aborts when Atlas closes: streams end then. */
  readonly closed: AbortSignal;
  close(): void;
}

export function createChanges(): Changes {
  const listeners = new Set<(countries: readonly string[]) => void>();
  const controller = new AbortController();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    announce(countries) {
      for (const listener of listeners) listener(countries);
    },
    closed: controller.signal,
    close: () => controller.abort(),
  };
}
