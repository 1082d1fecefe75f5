import type { Message } from "@bufbuild/protobuf";

// The fields that the service and the client use of grpc.testing, whose protos
// come with grpc-java's programs: no code is generated of them.

/** Absent, true and false are three things. */
export interface BoolValue {
  readonly value: boolean;
}

export interface EchoStatus {
  readonly code: number;
  readonly message: string;
}

export interface Payload {
  readonly body: Uint8Array;
}

export interface SimpleRequest extends Message {
  readonly responseSize: number;
  readonly payload?: Payload;
  readonly fillServerId: boolean;
  readonly responseCompressed?: BoolValue;
  readonly expectCompressed?: BoolValue;
  readonly responseStatus?: EchoStatus;
}

export interface StreamingInputCallRequest extends Message {
  readonly payload?: Payload;
  readonly expectCompressed?: BoolValue;
}

export interface StreamingOutputCallRequest extends Message {
  readonly responseParameters: readonly ResponseParameters[];
  readonly responseStatus?: EchoStatus;
}

export interface ResponseParameters {
  readonly size: number;
  readonly intervalUs: number;
  readonly compressed?: BoolValue;
}

export interface SimpleResponse extends Message {
  readonly payload?: Payload;
  readonly serverId: string;
}

export interface StreamingInputCallResponse extends Message {
  readonly aggregatedPayloadSize: number;
}

export interface StreamingOutputCallResponse extends Message {
  readonly payload?: Payload;
}
