import type { City } from "./city.ts";

const CELL_DEGREES = 0.75;
/** Cities in one cell above which it is drawn at full strength. */
const DENSE = 12;

/** Where on Earth the cities are, coarse enough to send to every page: the map's background. */
export interface WorldMap {
  readonly cellDegrees: number;
  /** Flat triples: column from 180° W, row from 90° N, density 1 to 4. */
  readonly cells: readonly number[];
}

/** Counts cities in a grid. */
export function drawWorld(cities: readonly City[]): WorldMap {
  const columns = 360 / CELL_DEGREES;
  const rows = 180 / CELL_DEGREES;
  const counts = new Map<number, number>();
  for (const { longitude, latitude } of cities) {
    const column = Math.min(Math.floor((longitude + 180) / CELL_DEGREES), columns - 1);
    const row = Math.min(Math.floor((90 - latitude) / CELL_DEGREES), rows - 1);
    const cell = row * columns + column;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const cells: number[] = [];
  for (const [cell, count] of counts) {
    const density = Math.min(4, 1 + Math.floor((3 * Math.min(count, DENSE)) / DENSE));
    cells.push(cell % columns, Math.floor(cell / columns), density);
  }
  return { cellDegrees: CELL_DEGREES, cells };
}
