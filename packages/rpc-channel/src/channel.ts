import type {
  DescMessage,
  DescMethodStreaming,
  DescMethodUnary,
  MessageInitShape,
} from "@bufbuild/protobuf";
import type { ContextValues, StreamResponse, Transport, UnaryResponse } from "@connectrpc/connect";
import type { Duplex } from "node:stream";
import { ChannelCore } from "./channel-core.ts";
import type { ChannelOptions } from "./channel-options.ts";
import type { ConnectivityState } from "./connectivity.ts";
import type { ChannelCredentials } from "./credentials/channel-credentials.ts";
import {
  type Connector,
  inMemoryConnector,
  insecureConnector,
  secureConnector,
} from "./subchannel/connector.ts";
import { parseTarget, type Target } from "./target.ts";
import { createTransport } from "./create-transport.ts";

/** Calls servers: a Transport for `createClient()` of @connectrpc/connect. */
export interface Channel extends Transport, AsyncDisposable {
  /** As the user wrote it. */
  readonly target: string;
  readonly state: ConnectivityState;
  /** The state as it is, then every one that follows, in order; ends with SHUTDOWN, or when `signal` is aborted. */
  watchState(signal?: AbortSignal): AsyncIterableIterator<ConnectivityState>;
  /** Connects where it is idle, without waiting for a call. */
  connect(): void;
  /**
   * Ends it. Calls that wait for a connection, and those to come, fail with
   * CANCELED; those that are under way go on.
   *
   * @returns when the last of them has ended
   */
  close(): Promise<void>;
}

/**
 * A channel without TLS. Nothing is opened before the first call, or `connect()`.
 *
 * @param target such as `localhost:50051`, `dns:///greeter.example:443`,
 *   `unix:/run/greeter`, `http://localhost:8080`: docs/channel.md
 * @throws TypeError for what is no target, ServiceConfigError for a wrong service config
 */
export function insecureChannel(target: string, options: ChannelOptions = {}): Channel {
  const parsed = parse(target, options);
  if (parsed.tls === true) {
    throw new TypeError(`«${target}» asks for TLS: use secureChannel()`);
  }
  return new TransportChannel(parsed, insecureConnector, options);
}

/**
 * A channel with TLS.
 *
 * @param target as for `insecureChannel()`, and `https://…`
 * @throws TypeError for what is no target, ServiceConfigError for a wrong service config
 */
export function secureChannel(
  target: string,
  credentials: ChannelCredentials,
  options: ChannelOptions = {},
): Channel {
  const parsed = parse(target, options);
  if (parsed.tls === false) {
    throw new TypeError(`«${target}» forbids TLS: use insecureChannel()`);
  }
  const authority = options.authority ?? options.resolver?.authority ?? parsed.authority;
  return new TransportChannel(
    parsed,
    secureConnector(credentials, authority),
    options,
    credentials,
  );
}

/** A server with an in-memory port, such as one of @privet/rpc-server. */
export interface InMemoryServer {
  addInMemoryPort(): InMemoryPort;
}

/** Opens connections without a network: each is the client's end of a pipe. */
export interface InMemoryPort {
  connect(): Duplex;
}

/**
 * A channel to a server in this process: everything but the network is as it
 * would be with one. For tests, mostly.
 */
export function createInMemoryChannel(
  server: InMemoryServer,
  options: ChannelOptions = {},
): Channel {
  const port = server.addInMemoryPort();
  const target: Target = {
    kind: "addresses",
    text: "in-memory",
    authority: "in-memory",
    tls: undefined,
    pathPrefix: "",
    addresses: [{ kind: "unix", path: "in-memory" }],
  };
  // What never leaves the process needs no TLS.
  const own = { sendCredentialsUnencrypted: true, ...options };
  return new TransportChannel(
    target,
    inMemoryConnector(() => port.connect()),
    own,
  );
}

function parse(target: string, { resolvers, resolver }: ChannelOptions): Target {
  if (resolver === undefined) return parseTarget(target, Object.keys(resolvers ?? {}));
  // A resolver of one's own gives the target its meaning.
  const { authority } = resolver;
  return {
    kind: "addresses",
    text: target,
    authority,
    tls: undefined,
    pathPrefix: "",
    addresses: [],
  };
}

/** A channel as one object: its life, and its calls. */
class TransportChannel implements Channel {
  readonly #core: ChannelCore;
  readonly #transport: Transport;

  constructor(
    target: Target,
    connector: Connector,
    options: ChannelOptions,
    credentials?: ChannelCredentials,
  ) {
    this.#core = new ChannelCore(target, connector, options);
    this.#transport = createTransport(this.#core, target, connector, options, credentials);
  }

  get target(): string {
    return this.#core.target;
  }

  get state(): ConnectivityState {
    return this.#core.states.state;
  }

  watchState(signal?: AbortSignal): AsyncIterableIterator<ConnectivityState> {
    return this.#core.states.watch(signal);
  }

  connect(): void {
    this.#core.connect();
  }

  close(): Promise<void> {
    return this.#core.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#core.close();
  }

  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: MessageInitShape<I>,
    contextValues?: ContextValues,
  ): Promise<UnaryResponse<I, O>> {
    return this.#transport.unary(method, signal, timeoutMs, header, input, contextValues);
  }

  stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodStreaming<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: AsyncIterable<MessageInitShape<I>>,
    contextValues?: ContextValues,
  ): Promise<StreamResponse<I, O>> {
    return this.#transport.stream(method, signal, timeoutMs, header, input, contextValues);
  }
}
