import type { Message } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import type { Header, Payload } from "../server/messages.ts";

// The fields of connectrpc.conformance.v1 that the client program uses. Its
// protos come with the runner: no code is generated of them.

/** One case: which call to make, of which server. */
export interface ClientCompatRequest extends Message {
  readonly testName: string;
  readonly httpVersion: number;
  readonly protocol: number;
  readonly codec: number;
  readonly compression: number;
  readonly host: string;
  readonly port: number;
  readonly serverTlsCert: Uint8Array;
  readonly clientTlsCreds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
  readonly messageReceiveLimit: number;
  readonly service?: string;
  readonly method?: string;
  readonly streamType: number;
  readonly useGetHttpMethod: boolean;
  readonly requestHeaders: readonly Header[];
  readonly requestMessages: readonly Any[];
  readonly timeoutMs?: number;
  readonly requestDelayMs: number;
  readonly cancel?: { readonly cancelTiming: CancelTiming };
}

type CancelTiming =
  | { readonly case: "beforeCloseSend"; readonly value: object }
  | { readonly case: "afterCloseSendMs" | "afterNumResponses"; readonly value: number }
  | { readonly case: undefined };

/** What became of a call. */
export interface ClientResponseResult {
  responseHeaders: Header[];
  responseTrailers: Header[];
  readonly payloads: Payload[];
  error: { code: number; message: string; details: Any[] } | undefined;
}

/** A response of any of the methods. */
export interface ResponseMessage extends Message {
  readonly payload?: Payload;
}
