/** Called with each event. What it throws, or rejects with, is ignored: telemetry never breaks a request. */
export type EventListener<Event> = (event: Event) => void;

/**
 * Makes an emitter that shields its caller from listeners that throw or reject.
 *
 * @returns `undefined` without a listener, so that `emit?.({ … })` does not even make the event.
 */
export function createEmitter<Event>(listener: EventListener<Event> | undefined): EventListener<Event> | undefined {
  if (!listener) return undefined;
  return (event) => {
    try {
      const outcome: unknown = listener(event);
      // An async listener is one too; its unhandled rejection would end a Node process.
      if (outcome instanceof Promise) outcome.catch(ignore);
    } catch {
      ignore();
    }
  };
}

/** A broken listener is not the caller's fault, and there is nowhere safe to report it. */
function ignore(): void {}
