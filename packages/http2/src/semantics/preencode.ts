import { BlockWriter, Literal } from "../hpack/block-writer.ts";
import { FIELD_OVERHEAD } from "../hpack/field.ts";
import type { HeaderList } from "../hpack/field.ts";
import { HeaderBlock } from "../hpack/header-block.ts";
import { Indexing, indexingOf } from "../hpack/indexing.ts";
import { staticFieldIndex, staticNameIndex } from "../hpack/static-table.ts";
import { checkOutgoing, isInformationalList, partOf } from "./outgoing.ts";

/**
 * Checks and encodes a list once, for all connections: with the static table
 * alone (RFC 7541 §2.3.1), which is the same for everyone. For what never
 * changes, as the headers of most responses.
 *
 * @throws UsageError that says which field can't be sent, and what to do
 */
export function preencode(headers: HeaderList): HeaderBlock {
  const part = partOf(headers);
  checkOutgoing(headers, part);
  const writer = new BlockWriter();
  let listSize = 0;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    listSize += name.length + value.length + FIELD_OVERHEAD;
    write(writer, name, value);
  }
  return new HeaderBlock(
    writer.bytes.slice(0, writer.length),
    listSize,
    part,
    isInformationalList(headers),
  );
}

function write(writer: BlockWriter, name: string, value: string): void {
  if (indexingOf(name) === Indexing.NEVER) {
    writer.literal(Literal.NEVER, staticNameIndex(name), name, value);
    return;
  }
  const index = staticFieldIndex(name, value);
  if (index !== 0) {
    writer.indexed(index);
  } else {
    writer.literal(Literal.PLAIN, staticNameIndex(name), name, value);
  }
}
