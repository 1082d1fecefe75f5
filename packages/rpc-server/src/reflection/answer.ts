import { toBinary } from "@bufbuild/protobuf";
import type { DescFile } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import type { SymbolIndex } from "./symbol-index.ts";

// The messages of v1 and v1alpha differ in their names alone: what is here
// fits both.

interface Extension {
  readonly containingType: string;
  readonly extensionNumber: number;
}

/** A request, and which of its questions it asks. */
export interface Question {
  readonly host: string;
  readonly messageRequest:
    | { case: "fileByFilename"; value: string }
    | { case: "fileContainingSymbol"; value: string }
    | { case: "fileContainingExtension"; value: Extension }
    | { case: "allExtensionNumbersOfType"; value: string }
    | { case: "listServices"; value: string }
    | { case: undefined; value?: undefined };
}

/** The response to it. */
export interface Answer {
  readonly validHost: string;
  readonly originalRequest: Question;
  readonly messageResponse:
    | { case: "fileDescriptorResponse"; value: { fileDescriptorProto: Uint8Array[] } }
    | {
        case: "allExtensionNumbersResponse";
        value: { baseTypeName: string; extensionNumber: number[] };
      }
    | { case: "listServicesResponse"; value: { service: { name: string }[] } }
    | { case: "errorResponse"; value: { errorCode: number; errorMessage: string } };
}

/** @param sent files that this client has already: they are left out, and the new ones added */
export function answer(question: Question, index: SymbolIndex, sent: Set<DescFile>): Answer {
  const { host, messageRequest } = question;
  return {
    validHost: host,
    originalRequest: { host, messageRequest },
    messageResponse: respond(messageRequest, index, sent),
  };
}

function respond(
  request: Question["messageRequest"],
  index: SymbolIndex,
  sent: Set<DescFile>,
): Answer["messageResponse"] {
  switch (request.case) {
    case "fileByFilename":
      return files(index.file(request.value), sent, request.value);
    case "fileContainingSymbol":
      return files(index.fileOfSymbol(request.value), sent, request.value);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = request.value;
      const file = index.fileOfExtension(containingType, extensionNumber);
      return files(file, sent, `extension ${extensionNumber} of ${containingType}`);
    }
    case "allExtensionNumbersOfType":
      return extensionNumbers(index, request.value);
    case "listServices":
      return {
        case: "listServicesResponse",
        value: { service: index.services.map((name) => ({ name })) },
      };
    case undefined:
    default:
      return failure(Code.InvalidArgument, "the request asks for nothing");
  }
}

function files(
  file: DescFile | undefined,
  sent: Set<DescFile>,
  what: string,
): Answer["messageResponse"] {
  if (file === undefined) return failure(Code.NotFound, `not found: ${what}`);
  const missing = withDependencies(file).filter((one) => one === file || !sent.has(one));
  for (const one of missing) sent.add(one);
  return {
    case: "fileDescriptorResponse",
    value: { fileDescriptorProto: missing.map(serialize) },
  };
}

function extensionNumbers(index: SymbolIndex, type: string): Answer["messageResponse"] {
  const numbers = index.extensionNumbers(type);
  if (numbers === undefined) return failure(Code.NotFound, `not found: ${type}`);
  return {
    case: "allExtensionNumbersResponse",
    value: { baseTypeName: type, extensionNumber: numbers },
  };
}

function failure(errorCode: Code, errorMessage: string): Answer["messageResponse"] {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}

/** The file first, then what it imports, directly or not, each once. */
function withDependencies(file: DescFile): DescFile[] {
  const found = new Set([file]);
  for (const one of found) for (const imported of one.dependencies) found.add(imported);
  return [...found];
}

function serialize(file: DescFile): Uint8Array {
  return toBinary(FileDescriptorProtoSchema, file.proto);
}
