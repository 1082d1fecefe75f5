import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalClientRequest, UniversalClientResponse } from "@connectrpc/connect/protocol";
import { toHeaders } from "@privet/grpc-wire";
import type { ReceivedHeaders } from "@privet/http2";
import type { CallHost } from "../call/call-host.ts";
import type { CallSpec } from "../call/call-spec.ts";
import { copyOf } from "../call/copy.ts";
import { RequestPump } from "../call/request-pump.ts";
import { RetryingCall } from "../retry/retrying.ts";
import type { CallUser } from "../call/call-user.ts";
import { ResponseBody } from "./response-body.ts";

const noBody = new Uint8Array(0);

/** One request of HTTP over a channel: its server is chosen, and it is tried again, as a call of gRPC is. */
export class HttpCall implements CallUser {
  readonly #call: RetryingCall;
  readonly #resolve: (response: UniversalClientResponse) => void;
  readonly #reject: (error: ConnectError) => void;
  readonly #pump: RequestPump<Uint8Array> | undefined;
  readonly #body: ResponseBody;
  readonly #trailer: Headers = new Headers();
  #responded = false;

  constructor(
    host: CallHost,
    spec: CallSpec,
    body: UniversalClientRequest["body"],
    resolve: (response: UniversalClientResponse) => void,
    reject: (error: ConnectError) => void,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#call = new RetryingCall(host, spec, this);
    this.#pump = body && new RequestPump(body, (chunk) => chunk, this.#call);
    this.#body = new ResponseBody(
      (octets) => this.#call.consume(octets),
      (reason) => this.#call.cancel(ConnectError.from(reason ?? "cancelled", Code.Canceled)),
    );
  }

  start(): void {
    this.#call.start(this.#pump === undefined ? noBody : undefined);
  }

  writable(): void {
    this.#pump?.run();
  }

  head(headers: ReceivedHeaders): void {
    this.#responded = true;
    this.#resolve({
      status: headers.status,
      header: toHeaders(headers.snapshot()),
      body: this.#body as UniversalClientResponse["body"],
      trailer: this.#trailer,
    });
  }

  message(bytes: Uint8Array): void {
    this.#body.push(copyOf(bytes));
  }

  // Its credit is given back with each chunk.

  received(): void {}

  incomplete(): void {}

  ended(error: ConnectError | undefined, trailers: ReceivedHeaders | undefined): void {
    this.#pump?.close(error);
    if (!this.#responded) {
      if (error !== undefined) this.#reject(error);
      return;
    }
    if (trailers !== undefined) {
      for (const [name, value] of toHeaders(trailers.snapshot())) this.#trailer.append(name, value);
    }
    this.#body.end(error);
  }
}
