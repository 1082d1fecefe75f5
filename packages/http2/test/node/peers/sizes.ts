import { pattern } from "../testkit/echo.ts";

/** One octet, and more than any window. */
export const SIZES: readonly number[] = [1, 10 * 1024 * 1024];

export const bodyOf = (octets: number): Uint8Array => pattern(0, octets);
