import type { DescMethod } from "@bufbuild/protobuf";
import type { ReceivedHeaders } from "@privet/http2";
import type { ObservedCall } from "../observe.ts";
import type { Peer } from "../peer.ts";

/** A request as an observer sees it. */
export class ObservedRequest implements ObservedCall {
  readonly method: DescMethod | undefined;
  readonly path: string;
  readonly protocol: ObservedCall["protocol"];
  readonly peer: Peer;
  readonly #headers: ReceivedHeaders;

  constructor(
    method: DescMethod | undefined,
    path: string,
    protocol: ObservedCall["protocol"],
    headers: ReceivedHeaders,
    peer: Peer,
  ) {
    this.method = method;
    this.path = path;
    this.protocol = protocol;
    this.peer = peer;
    this.#headers = headers;
  }

  header(name: string): string | undefined {
    return this.#headers.get(name);
  }
}
