/** What a place is, as far as the data set says. */
export type CityKind = "capital" | "regional seat" | "district" | "town";

/** One populated place. */
export interface City {
  /** GeoNames id. */
  readonly id: number;
  readonly name: string;
  /** ISO 3166-1 alpha-2, or XK for Kosovo. */
  readonly country: string;
  /** First-level region as GeoNames codes it (`"CA"` in the US, `"ZH"` in Switzerland, often digits); may be empty. */
  readonly admin: string;
  readonly kind: CityKind;
  /** Inhabitants; 0 where the data set knows none. */
  readonly population: number;
  /** Degrees. */
  readonly latitude: number;
  /** Degrees. */
  readonly longitude: number;
}
