import type { Measured } from "./measure.ts";

/** A row of a table: a figure, and whether it is as it should be. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly target: string;
  readonly holds: boolean | undefined;
}

export interface Section {
  readonly name: string;
  /** @returns The rows; `undefined` figures are for comparison only. */
  readonly run: () => Promise<Row[]>;
}

/** A limit on how many times the first contestant's time one may take. */
export type Limits = Readonly<Record<string, number>>;

/** Rows of times as multiples of the first contestant's. */
export function rowsOf(title: string, measured: readonly Measured[], limits: Limits = {}): Row[] {
  return measured.map(({ name, nsPerOperation, ratio }, index) => {
    const limit = limits[name];
    return {
      what: `${title}: ${name}`,
      figure: index === 0 ? `1 (${duration(nsPerOperation)})` : `${ratio.toFixed(2)} ×`,
      target: limit === undefined ? "" : `≤ ${limit} ×`,
      holds: limit === undefined ? undefined : ratio <= limit,
    };
  });
}

/** Rows of throughput as parts of the first contestant's. */
export function throughputRows(title: string, measured: readonly Measured[], least: Limits = {}): Row[] {
  return measured.map(({ name, nsPerOperation, ratio }, index) => {
    const limit = least[name];
    const share = 1 / ratio;
    return {
      what: `${title}: ${name}`,
      figure: index === 0 ? `1 (${Math.round(1e9 / nsPerOperation).toLocaleString("en")}/s)` : `${share.toFixed(2)} ×`,
      target: limit === undefined ? "" : `≥ ${limit} ×`,
      holds: limit === undefined ? undefined : share >= limit,
    };
  });
}

/** A row for a count that must be exact. */
export function countRow(what: string, count: number, wanted: number): Row {
  return { what, figure: String(count), target: String(wanted), holds: count === wanted };
}

export function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  const width = Math.max(...rows.map(({ what }) => what.length));
  for (const { what, figure, target, holds } of rows) {
    const verdict = holds === undefined ? "" : holds ? "holds" : "MISSED";
    console.log(`  ${what.padEnd(width)}  ${figure.padStart(16)}  ${target.padEnd(10)} ${verdict}`.trimEnd());
  }
}

function duration(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  return ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(2)} ms`;
}
