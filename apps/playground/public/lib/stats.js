import { askApi } from "./api.js";

const EVERY_MS = 1_000;

/** Fetches the counters every second while the page is visible, and right after each search. */
export function watchStats(bus) {
  let timer;
  let asking = false;
  const ask = async () => {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    try {
      bus.emit("stats", await askApi("/api/stats", {}, { signal: AbortSignal.timeout(5_000) }));
    } catch {
      bus.emit("unreachable");
    } finally {
      asking = false;
      timer = setTimeout(() => void ask(), EVERY_MS);
    }
  };
  bus.on("answer", () => void ask());
  document.addEventListener("visibilitychange", () => void ask());
  void ask();
}
