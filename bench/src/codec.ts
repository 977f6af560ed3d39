import { codec } from "@holdfast/core";
import superjson from "superjson";
import { measure } from "./measure.ts";
import { type Row, rowsOf, type Section } from "./report.ts";
import { hundredKilobytes, mixedTypes, plainKilobyte } from "./samples.ts";

export const codecSection: Section = {
  name: "codec",
  async run() {
    const rows: Row[] = [];
    for (const [title, value, limits] of [
      ["1 KB object", plainKilobyte(), { encode: 1.5, decode: 1.15 }],
      ["100 KB array", hundredKilobytes(), { encode: 1.5, decode: 1.15 }],
    ] as const) {
      const text = JSON.stringify(value);
      const superText = superjson.stringify(value);
      const encode = await measure([
        { name: "JSON.stringify", work: () => JSON.stringify(value) },
        { name: "holdfast encode", work: () => codec.encode(value) },
        { name: "superjson stringify", work: () => superjson.stringify(value) },
      ]);
      const decode = await measure([
        { name: "JSON.parse", work: () => JSON.parse(text) },
        { name: "holdfast decode", work: () => codec.decode(text) },
        { name: "superjson parse", work: () => superjson.parse(superText) },
      ]);
      rows.push(
        ...rowsOf(title, encode, { "holdfast encode": limits.encode }),
        ...rowsOf(title, decode, { "holdfast decode": limits.decode }),
      );
    }
    const mixed = mixedTypes();
    const encoded = codec.encode(mixed);
    const superEncoded = superjson.stringify(mixed);
    rows.push(
      ...rowsOf(
        "mixed types",
        await measure([
          { name: "superjson stringify", work: () => superjson.stringify(mixed) },
          { name: "holdfast encode", work: () => codec.encode(mixed) },
        ]),
        { "holdfast encode": 1 },
      ),
      ...rowsOf(
        "mixed types",
        await measure([
          { name: "superjson parse", work: () => superjson.parse(superEncoded) },
          { name: "holdfast decode", work: () => codec.decode(encoded) },
        ]),
        { "holdfast decode": 1.1 },
      ),
    );
    return rows;
  },
};
