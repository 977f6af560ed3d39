/** A plain object of about 1 KB, as services pass around. */
export function plainKilobyte(id = 1): Record<string, unknown> {
  return {
    id: `user:${1_000_000 + id}`,
    name: "Ada Lovelace",
    email: "ada@example.org",
    roles: ["admin", "editor", "viewer"],
    active: true,
    score: 99.5,
    profile: {
      bio: "x".repeat(300),
      links: ["https://a.example", "https://b.example"],
      address: { city: "London", zip: "N1", geo: { lat: 51.5, lon: -0.12 } },
    },
    orders: Array.from({ length: 9 }, (_, index) => ({ id: index, sku: `SKU-${index}`, qty: index + 1, price: 9.99 })),
  };
}

/** An array of rows, about 100 KB as JSON. */
export function hundredKilobytes(): unknown[] {
  return Array.from({ length: 700 }, (_, index) => ({
    id: index,
    name: `row number ${index}`,
    note: "some text that is there to take up room in the row, as text does",
    price: index * 1.25,
    inStock: index % 3 === 0,
  }));
}

/** A factory for reads of what is there. */
export async function never(): Promise<never> {
  throw new Error("The factory ran.");
}

/** Kinds of values that JSON does not keep. */
export function mixedTypes(): unknown {
  return {
    when: new Date(0),
    big: 12_345_678_901_234_567_890n,
    tags: new Set(["a", "b", "c"]),
    byName: new Map([
      ["a", { n: 1, since: new Date(5) }],
      ["b", { n: 2, since: new Date(6) }],
    ]),
    nothing: undefined,
    pattern: /holdfast/gi,
    rows: Array.from({ length: 20 }, (_, index) => ({ id: BigInt(index), at: new Date(index) })),
  };
}
