import {
  bearerToken,
  insecureChannel,
  leastRequest,
  pickFirst,
  roundRobin,
  secureChannel,
  tlsCredentialsFromFiles,
} from "@privet/rpc-channel";
import type {
  BalancerPolicy,
  Channel,
  ChannelCredentials,
  ChannelOptions,
} from "@privet/rpc-channel";
import type { Balancer, Connection, Tls } from "./connection.ts";
import { UsageError } from "./usage-error.ts";
import type { AddressProblem } from "./usage-error.ts";

/** A host that doesn't answer at all is reported as soon as the default deadline would be. */
const minConnectTimeoutMs = 5_000;

const policies: Readonly<Record<Balancer, () => BalancerPolicy>> = {
  pick_first: () => pickFirst(),
  round_robin: () => roundRobin(),
  least_request: () => leastRequest(),
};

/**
 * The channel that the command line asks for; nothing is opened yet.
 *
 * @throws UsageError where the address isn't a target, or the server name none
 */
export function openChannel(connection: Connection): Channel {
  const { target, tls } = connection;
  const options = optionsOf(connection);
  try {
    return tls === undefined
      ? insecureChannel(target.value, options)
      : secureChannel(target.value, credentialsOf(tls), options);
  } catch (error) {
    throw error instanceof TypeError ? faulty(error, connection) : error;
  }
}

function optionsOf({ token, attempts, balancer }: Connection): ChannelOptions {
  return {
    minConnectTimeoutMs,
    balancer: policies[balancer](),
    // An error is one line on standard error: the call's own.
    logger: { warn: () => {} },
    // Whether it may travel without TLS has been asked before.
    ...(token !== undefined && {
      callCredentials: bearerToken(token),
      sendCredentialsUnencrypted: true,
    }),
    ...(attempts > 1 && { maxAttempts: attempts, serviceConfig: retrying(attempts) }),
  };
}

/** A greeting changes nothing, so that any of them may be asked for again. */
function retrying(maxAttempts: number): unknown {
  return {
    methodConfig: [
      {
        name: [{}],
        retryPolicy: {
          maxAttempts,
          initialBackoff: "0.2s",
          maxBackoff: "5s",
          backoffMultiplier: 2,
          retryableStatusCodes: ["UNAVAILABLE"],
        },
      },
    ],
  };
}

function credentialsOf({ files: { ca, own }, serverName }: Tls): ChannelCredentials {
  return tlsCredentialsFromFiles({
    ...(ca !== undefined && { rootCertificatesFile: ca }),
    ...(own !== undefined && { certificateChainFile: own.cert, privateKeyFile: own.key }),
    ...(serverName !== undefined && { serverName: serverName.value }),
  });
}

function faulty({ message }: TypeError, { target, tls }: Connection): UsageError {
  // Of a target, the channel quotes the whole.
  if (!message.startsWith(`«${target.value}»`) && tls?.serverName !== undefined) {
    return new UsageError({ kind: "bad-server-name", ...tls.serverName });
  }
  const reason = message.slice(target.value.length);
  const problem = problems.find(([words]) => words.test(reason))?.[1] ?? "malformed";
  return new UsageError({ kind: "bad-address", ...target, problem });
}

/** The channel's reasons, which are English, by what they say. */
const problems: readonly (readonly [RegExp, AddressProblem])[] = [
  [/no resolver|vsock|xDS/, "scheme"],
  [/name server/, "name-server"],
  [/SRV/, "srv-port"],
  [/is no port/, "bad-port"],
  [/\[::1\]|in brackets/, "ipv6"],
  [/no IP(?:v\d)? address/, "no-ip"],
  [/socket|no path|no name|unix:/, "socket"],
  [/URL|credentials|ends with its path/, "url"],
  [/no host/, "no-host"],
];
