import { existsSync, readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { dataFile } from "@privet/testkit";

// http2jp/hpack-test-case: real header lists, and how 14 other encoders wrote
// them. Its cases of one story share their tables.

/** One block of a story. */
interface Case {
  /** The setting in force from this case on, where it says so. */
  readonly tableSize: number | undefined;
  /** The block, where the encoder's directory has one. */
  readonly wire: Uint8Array | undefined;
  /** Flat: name, value … */
  readonly list: readonly string[];
}

export interface Story {
  readonly encoder: string;
  readonly story: string;
  readonly cases: readonly Case[];
}

const { path: file, skip } = dataFile("hpack-test-case.ndjson.br");

/** The `skip` of a test that needs the stories. */
export const storiesMissing: string | false = skip;

/** A story as it stands in the file. */
interface Row {
  readonly encoder: string;
  readonly story: string;
  readonly cases: readonly {
    readonly header_table_size?: number | null;
    readonly wire?: string;
    readonly headers: readonly Readonly<Record<string, string>>[];
  }[];
}

/** All of them; none where the file is missing. */
export function readStories(): Story[] {
  if (!existsSync(file)) return [];
  const lines = brotliDecompressSync(readFileSync(file)).toString().trim().split("\n");
  return lines.map((line) => {
    const { encoder, story, cases } = JSON.parse(line) as Row;
    return {
      encoder,
      story,
      cases: cases.map(({ header_table_size: tableSize, wire, headers }) => ({
        tableSize: tableSize ?? undefined,
        wire: wire === undefined ? undefined : Uint8Array.from(Buffer.from(wire, "hex")),
        list: headers.flatMap((header) => Object.entries(header).flat()),
      })),
    };
  });
}
