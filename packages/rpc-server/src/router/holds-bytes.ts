import { ScalarType } from "@bufbuild/protobuf";
import type { DescMessage } from "@bufbuild/protobuf";

/**
 * Has a message of this type, or any within it, fields of octets? They are
 * views of what the message was read from, and live as long as it does.
 */
export function holdsBytes(desc: DescMessage): boolean {
  return search(desc, new Set());
}

function search(desc: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(desc)) return false;
  seen.add(desc);
  return desc.fields.some(
    (field) =>
      field.scalar === ScalarType.BYTES ||
      (field.message !== undefined && search(field.message, seen)),
  );
}
