/**
 * The quick size of something, for every run of the tests, or the full one
 * where `PRIVET_LONG=1` asks for it.
 */
export function extent(quick: number, full: number): number {
  return process.env["PRIVET_LONG"] === "1" ? full : quick;
}
