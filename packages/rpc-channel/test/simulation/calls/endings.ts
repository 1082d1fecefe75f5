import { Code } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { greeting, grpcHead } from "../../channel/support/scripted-server.ts";
import type { VirtualTime } from "../../support/virtual-time.ts";
import type { ArrivedRequest } from "./servers.ts";

/** What a server does with a request. */
export type Ending =
  | { readonly kind: "ok"; readonly messages: number }
  /** Trailers-Only. */
  | { readonly kind: "status"; readonly code: Code; readonly pushback: string | undefined }
  /** Headers, a message, and a status that isn't OK. */
  | { readonly kind: "late status"; readonly code: Code }
  | { readonly kind: "reset"; readonly code: ErrorCode }
  | { readonly kind: "late reset"; readonly code: ErrorCode }
  | { readonly kind: "cut" }
  /** GOAWAY with an error. */
  | { readonly kind: "abort" }
  /** GOAWAY, and then as it should be. */
  | { readonly kind: "drain" }
  | { readonly kind: "silence" };

/** A request, and what became of it. */
export interface Served {
  /** The number of the call that it is of. */
  readonly call: number;
  /** What the answer says, so that it can be told from all others. */
  readonly text: string;
  readonly request: ArrivedRequest;
  readonly ending: Ending;
  readonly arrivedAt: number;
  /** `grpc-previous-rpc-attempts` */
  readonly previous: number;
  /** When the ending was carried out. */
  answeredAt: number | undefined;
}

const codes: readonly Code[] = [
  Code.Unavailable,
  Code.Unavailable,
  Code.Unavailable,
  Code.ResourceExhausted,
  Code.InvalidArgument,
];
const resets: readonly ErrorCode[] = [
  ErrorCode.REFUSED_STREAM,
  ErrorCode.REFUSED_STREAM,
  ErrorCode.NO_ERROR,
  ErrorCode.INTERNAL_ERROR,
  ErrorCode.CANCEL,
  ErrorCode.ENHANCE_YOUR_CALM,
];
const pushbacks: readonly (string | undefined)[] = [
  undefined,
  undefined,
  undefined,
  "0",
  "70",
  "3000",
  "-1",
  "soon",
];

/** What the client makes of a stream that was reset so. */
export const codeOfReset: ReadonlyMap<ErrorCode, Code> = new Map([
  [ErrorCode.REFUSED_STREAM, Code.Unavailable],
  [ErrorCode.NO_ERROR, Code.Unavailable],
  [ErrorCode.INTERNAL_ERROR, Code.Internal],
  [ErrorCode.CANCEL, Code.Canceled],
  [ErrorCode.ENHANCE_YOUR_CALM, Code.ResourceExhausted],
]);

/** @param below gives whole numbers left to chance */
export function randomEnding(below: (limit: number) => number): Ending {
  const one = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  switch (below(14)) {
    case 0:
    case 1:
    case 2:
      return { kind: "status", code: one(codes), pushback: one(pushbacks) };
    case 3:
      return { kind: "late status", code: one(codes) };
    case 4:
    case 5:
      return { kind: "reset", code: one(resets) };
    case 6:
      return { kind: "late reset", code: one(resets) };
    case 7:
      return one([{ kind: "cut" }, { kind: "abort" }, { kind: "drain" }]);
    case 8:
      return { kind: "silence" };
    default:
      return { kind: "ok", messages: below(4) };
  }
}

/** Carries an ending out. What follows on the headers does so a little later. */
export function carryOut(served: Served, time: VirtualTime, serverStreams: boolean): void {
  const { request, ending, text } = served;
  const { stream, wire } = request;
  if (served.answeredAt !== undefined || stream.closed || ending.kind === "silence") return;
  served.answeredAt = time.now();
  switch (ending.kind) {
    case "ok":
      succeed(served, serverStreams ? ending.messages : 1);
      return;
    case "status": {
      const { code, pushback } = ending;
      const fields = pushback === undefined ? [] : ["grpc-retry-pushback-ms", pushback];
      stream.sendHeaders([...grpcHead, "grpc-status", String(code), ...fields], {
        endStream: true,
      });
      return;
    }
    case "late status":
      stream.sendHeaders(grpcHead);
      stream.sendData(greeting(text), false);
      stream.sendTrailers(["grpc-status", String(ending.code)]);
      return;
    case "reset":
      stream.reset(ending.code);
      return;
    case "late reset":
      stream.sendHeaders(grpcHead);
      stream.sendData(greeting(text), false);
      time.set(1, () => stream.reset(ending.code));
      return;
    case "cut":
      wire.cut();
      return;
    case "abort":
      wire.server.abort(ErrorCode.INTERNAL_ERROR, "broken");
      return;
    case "drain":
      wire.server.drain("max_age");
      succeed(served, 1);
  }
}

/** As a server should. */
export function succeed({ request: { stream }, text }: Served, messages: number): void {
  if (stream.closed) return;
  stream.sendHeaders(grpcHead);
  for (let i = 0; i < messages; i++) stream.sendData(greeting(text), false);
  stream.sendTrailers(["grpc-status", "0"]);
}
