import { create, toBinary } from "@bufbuild/protobuf";
import {
  base64Decode,
  base64Encode,
  BinaryReader,
  BinaryWriter,
  WireType,
} from "@bufbuild/protobuf/wire";
import { Code, ConnectError } from "@connectrpc/connect";
import { appendHeaders } from "./metadata.ts";
import { percentDecode, percentEncode } from "./percent-encoding.ts";

/** The trailers of a call, gRPC over HTTP/2 "Responses". */
const statusField = "grpc-status";
const messageField = "grpc-message";
const detailsField = "grpc-status-details-bin";

const typePrefix = "type.googleapis.com/";

/**
 * Appends the status of a call that failed: code, message, details, and the
 * error's own metadata, unless it came over the wire from another server (its
 * metadata was meant for us, not for our caller).
 *
 * @param fields flat list of names and values
 */
export function appendErrorStatus(fields: string[], error: ConnectError): void {
  if (!isWireError(error)) appendHeaders(fields, error.metadata);
  fields.push(statusField, String(error.code), messageField, percentEncode(error.rawMessage));
  if (error.details.length > 0) {
    const details = base64Encode(encodeStatus(error), "std_raw");
    fields.push(detailsField, details);
  }
}

/**
 * The status in a call's trailers, or in the headers of a Trailers-Only response.
 *
 * @returns null for OK, undefined where there is no status
 */
export function readStatus(fields: Headers): ConnectError | null | undefined {
  const code = fields.get(statusField);
  const details = fields.get(detailsField);
  // The details repeat code and message, and are what richer peers fill in with care.
  const rich = details === null ? undefined : richStatus(details, fields);
  if (rich !== undefined) return rich;
  if (code === null) return undefined;
  if (code === "0") return null;
  return isCode(code)
    ? wireError(percentDecode(fields.get(messageField) ?? ""), toCode(Number(code)), fields)
    : wireError(`invalid grpc-status: ${code}`, Code.Internal, fields);
}

/** Undefined where the details cannot be read: the plain status says enough then. */
function richStatus(value: string, fields: Headers): ConnectError | null | undefined {
  const status = decodeStatus(value);
  if (status === undefined) return undefined;
  if (status.code === 0) return null;
  const error = wireError(status.message, toCode(status.code), fields);
  error.details = status.details;
  return error;
}

function wireError(message: string, code: Code, metadata: Headers): ConnectError {
  const error = new ConnectError(message, code, metadata);
  (error as { isWireError?: boolean }).isWireError = true;
  return error;
}

function isWireError(error: ConnectError): boolean {
  return (error as { isWireError?: boolean }).isWireError === true;
}

/** Codes are 1 to 16. */
function isCode(value: string): boolean {
  return /^(?:[1-9]|1[0-6])$/.test(value);
}

/** A code that gRPC doesn't know is UNKNOWN (gRPC, "Status codes"). */
function toCode(value: number): Code {
  return isCode(String(value)) ? value : Code.Unknown;
}

// google.rpc.Status is written by hand: three fields, and no generated code of
// a standard proto that a user's own copy could collide with.
//
//   message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
//   message Any { string type_url = 1; bytes value = 2; }

interface Detail {
  readonly type: string;
  readonly value: Uint8Array;
}

interface Status {
  code: number;
  message: string;
  readonly details: Detail[];
}

function encodeStatus(error: ConnectError): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int32(error.code);
  writer.tag(2, WireType.LengthDelimited).string(error.rawMessage.toWellFormed());
  for (const detail of error.details) {
    const { type, value } = "desc" in detail ? packed(detail) : detail;
    writer.tag(3, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(typePrefix + type);
    writer.tag(2, WireType.LengthDelimited).bytes(value);
    writer.join();
  }
  return writer.finish();
}

type OutgoingDetail = Extract<ConnectError["details"][number], { desc: unknown }>;

function packed({ desc, value }: OutgoingDetail): Detail {
  return { type: desc.typeName, value: toBinary(desc, create(desc, value)) };
}

function decodeStatus(value: string): Status | undefined {
  try {
    return readMessage(base64Decode(value));
  } catch {
    return undefined;
  }
}

function readMessage(bytes: Uint8Array): Status {
  const status: Status = { code: 0, message: "", details: [] };
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.Varint) status.code = reader.int32();
    else if (field === 2 && wireType === WireType.LengthDelimited) status.message = reader.string();
    else if (field === 3 && wireType === WireType.LengthDelimited) {
      status.details.push(readAny(reader.bytes()));
    } else reader.skip(wireType, field);
  }
  return status;
}

function readAny(bytes: Uint8Array): Detail {
  let type = "";
  let value: Uint8Array = new Uint8Array();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.LengthDelimited) type = reader.string();
    else if (field === 2 && wireType === WireType.LengthDelimited) value = reader.bytes();
    else reader.skip(wireType, field);
  }
  return { type: type.slice(type.lastIndexOf("/") + 1), value };
}
