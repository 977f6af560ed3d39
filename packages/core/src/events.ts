/** Called with each event. It must not throw; what it throws is ignored so that telemetry never breaks a request. */
export type EventListener<Event> = (event: Event) => void;

/** Makes an emitter that shields its caller from listeners that throw; costs nothing without a listener. */
export function createEmitter<Event>(listener: EventListener<Event> | undefined): EventListener<Event> | undefined {
  if (!listener) return undefined;
  return (event) => {
    try {
      listener(event);
    } catch {
      // A broken listener is not the caller's fault, and there is nowhere safe to report it.
    }
  };
}
