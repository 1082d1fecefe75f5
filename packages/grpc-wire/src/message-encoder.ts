import { ScalarType, toBinary } from "@bufbuild/protobuf";
import type {
  BinaryWriteOptions,
  DescField,
  DescMessage,
  Message,
  MessageShape,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { prefixLength } from "./message-reader.ts";
import { prefixMessage, writePrefix } from "./message-writer.ts";

/** From so many octets on, a field is worth a copy of the message without it. */
const largeOctets = 4096;

type Fields = Record<string, unknown>;

/**
 * `toBinary()` for messages of one type, which is fast for large fields of
 * octets too. Its writer doubles its buffer until a message fits: a field of
 * 64 KiB is copied three times, and allocates five times its size. Here, large
 * ones stand behind all other fields (Protocol Buffers Encoding, "Message
 * Structure": a parser takes fields in any order), in one buffer of the right
 * size. Its methods throw what `toBinary()` throws.
 */
export class MessageEncoder {
  readonly #schema: DescMessage;
  readonly #options: Partial<BinaryWriteOptions> | undefined;
  readonly #octets: readonly DescField[];

  constructor(schema: DescMessage, options?: Partial<BinaryWriteOptions>) {
    this.#schema = schema;
    this.#options = options;
    this.#octets = schema.fields.filter(mayStandLast);
  }

  /** The message's octets. */
  encode(message: Message): Uint8Array {
    return this.#hasLarge(message)
      ? Buffer.concat(this.#partsOf(message))
      : this.#toBinary(message);
  }

  /** The same behind its prefix, as `prefixMessage()` makes it. */
  frame(message: Message): Uint8Array {
    if (!this.#hasLarge(message)) return prefixMessage(this.#toBinary(message), 0);
    const framed = Buffer.concat([new Uint8Array(prefixLength), ...this.#partsOf(message)]);
    writePrefix(framed, 0, framed.length - prefixLength, 0);
    return framed;
  }

  #toBinary(message: Message): Uint8Array {
    return toBinary(this.#schema, message as MessageShape<DescMessage>, this.#options);
  }

  /** Most have none: they should cost no more than this. */
  #hasLarge(message: Message): boolean {
    for (const field of this.#octets) {
      if (isLarge(message, field)) return true;
    }
    return false;
  }

  #partsOf(message: Message): readonly Uint8Array[] {
    const large = this.#octets.filter((field) => isLarge(message, field));
    const parts = [this.#toBinary(without(large, message))];
    for (const field of large) {
      const value = valueOf(message, field) as Uint8Array;
      parts.push(headOf(field, value.length), value);
    }
    return parts;
  }
}

/** A field that can be left out: of no oneof, and not required. */
function mayStandLast({ fieldKind, scalar, oneof, presence }: DescField): boolean {
  const isOctets = fieldKind === "scalar" && scalar === ScalarType.BYTES;
  return isOctets && oneof === undefined && presence !== Presence.LEGACY_REQUIRED;
}

function isLarge(message: Message, field: DescField): boolean {
  const value = valueOf(message, field) as Uint8Array | undefined;
  return (
    (value?.length ?? 0) >= largeOctets &&
    value instanceof Uint8Array &&
    // It may be a default value, on the prototype (proto2).
    Object.hasOwn(message, field.localName)
  );
}

function without(fields: readonly DescField[], message: Message): Message {
  const rest = Object.assign(Object.create(Object.getPrototypeOf(message) as object), message);
  for (const { localName, presence } of fields) {
    if (presence === Presence.IMPLICIT) (rest as Fields)[localName] = nothing;
    else delete (rest as Fields)[localName];
  }
  return rest as Message;
}

function headOf({ number }: DescField, size: number): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(size).finish();
}

function valueOf(message: Message, { localName }: DescField): unknown {
  return (message as unknown as Fields)[localName];
}

const nothing = new Uint8Array(0);
