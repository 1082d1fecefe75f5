import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect } from "@privet/http2/node";
import type { ConnectOptions, SocketConnection } from "@privet/http2/node";
import type { Address } from "../address.ts";
import type { ChannelCredentials } from "../credentials/channel-credentials.ts";
import { parseHostPort } from "../host-port.ts";

/** What an attempt to connect needs beside the address. */
type AttemptOptions = Required<Pick<ConnectOptions, "handler" | "timeoutMs" | "signal" | "limits">>;

/** Opens connections, in one way. */
export interface Connector {
  /** Connectors that are the same open the same connections: then these can be shared. */
  readonly identity: object;
  /** What else tells its connections from others of the same identity. */
  readonly variant: string;
  /** The `:scheme` of requests. */
  readonly scheme: "http" | "https";
  /** Resolves when the server's SETTINGS are here. */
  connect(address: Address, options: AttemptOptions): Promise<SocketConnection>;
}

const plaintext = {};

/** Without TLS. */
export const insecureConnector: Connector = {
  identity: plaintext,
  variant: "",
  scheme: "http",
  connect: (address, options) => connect({ ...placeOf(address), ...options }),
};

/**
 * @param authority of the target: unless the credentials have another name, the
 *   server has to prove that it is this host
 * @throws TypeError where that is no host
 */
export function secureConnector(credentials: ChannelCredentials, authority: string): Connector {
  const parsed = parseHostPort(credentials.serverName ?? authority);
  if (typeof parsed === "string") throw new TypeError(`TLS needs a server name: ${parsed}`);
  const { host } = parsed;
  return {
    identity: credentials,
    variant: host,
    scheme: "https",
    async connect(address, options) {
      const tls = await credentials.load();
      options.signal.throwIfAborted();
      // An address is no server name (RFC 6066 §3): its certificate is checked by the address.
      const name = isIP(host) === 0 ? { servername: host } : {};
      return connect({ ...placeOf(address), ...options, tls: { ...tls, ...name } });
    },
  };
}

/** Connections within this process. @param port opens one */
export function inMemoryConnector(port: () => Duplex): Connector {
  return {
    identity: port,
    variant: "",
    scheme: "http",
    async connect(_, options) {
      return connect({ socket: port(), ...options });
    },
  };
}

function placeOf(address: Address): { host: string; port: number } | { path: string } {
  return address.kind === "tcp"
    ? { host: address.host, port: address.port }
    : { path: address.path };
}
