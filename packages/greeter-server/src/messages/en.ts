import type { Texts } from "./texts.ts";

export const en: Texts = {
  description:
    "Serves greeter.v1.GreeterService: gRPC, gRPC-Web and Connect, over HTTP/2 and HTTP/1.1.",
  usage: "[options]",
  usageTitle: "Usage:",
  optionsTitle: "Options:",
  values: {
    address: "host:port",
    choice: "word",
    count: "number",
    file: "file",
    lifetime: "time",
    period: "time",
    size: "size",
    time: "time",
    token: "token",
  },
  summaries: {
    address: "where to listen; port 0 lets the system choose",
    engine: "what speaks HTTP/2: privet, or Node's own to step back to",
    "tls-cert": "serve over TLS: the certificate chain in PEM, read again when it changes",
    "tls-key": "the key of --tls-cert, in PEM",
    "tls-client-ca": "the authorities of clients' certificates, in PEM",
    "tls-client-auth":
      "whether clients need a certificate of --tls-client-ca; without this option: required",
    token: "the bearer token that callers need",
    "token-file":
      "the bearer tokens of callers, one a line; PRIVET_TOKEN holds a single one in its place. Health needs none",
    "plaintext-token": "take tokens without TLS too: where a proxy in front does TLS",
    health: "serve grpc.health.v1.Health",
    reflection: "serve grpc.reflection.v1 and v1alpha, for tools such as grpcurl",
    "log-level": "the least level that is logged",
    "drain-timeout": "how long open calls may go on after SIGTERM or SIGINT",
    "max-message-size": "the largest message of a request",
    "max-calls": "calls at work at once; one more is RESOURCE_EXHAUSTED",
    "max-connections": "connections at once; one more is closed",
    "max-streams": "calls of one connection at once",
    "max-connection-age": "after how long a connection is asked to be opened anew",
    "max-connection-age-grace": "how long its open calls may go on after that",
    "keepalive-time": "after how much silence a connection is probed",
    "keepalive-timeout": "how much silence after a probe ends the connection",
    "min-ping-interval": "how often clients may probe; more often ends the connection",
  },
  help: "shows this help",
  version: "shows the version",
  note: (environment, initial) =>
    initial === undefined
      ? `(environment: ${environment})`
      : `(environment: ${environment}; default: ${initial})`,
  badValue: (source, value, right) => `${source} is «${value}», but must be ${right}`,
  right: {
    address: () => "host:port with a port from 0 to 65535, such as [::]:50051 or 127.0.0.1:0",
    choice: (choices) => `one of ${choices}`,
    count: () => "a whole number from 1 to 1000000",
    file: () => "the path of a file",
    lifetime: () => "a time such as 30m or 2h, from 1s to 24h, or never",
    period: () => "a time such as 20s or 5m, from 1s to 24h",
    size: () => "a size such as 4MiB, 512KiB or 1000 (bytes), below 4GiB",
    time: () => "a time such as 25s, 500ms or 1m (a number alone means seconds), at most 24h",
    token: () => "a bearer token: letters, digits and -._~+/ alone, and = at its end",
  },
  needsToo: (source, other) => `${source} is given, and ${other} is missing`,
  oneOf: (source, other) => `${source} and ${other} are both given, but there can be only one`,
  tokenNeedsTls: (source) =>
    `${source} without TLS would let everyone on the way read the token: give --tls-cert and --tls-key, or --plaintext-token on where a proxy in front does TLS`,
  unusable: (source, reason) => `${source} can't be used: ${reason}`,
  unknownOption: (option) => `there is no option ${option}; --help lists them`,
  missingValue: (option) => `${option} needs a value`,
  excessArguments: "only options are expected; --help lists them",
  addressInUse: (address) =>
    `${address} is in use: stop the program that listens there, or choose another --address`,
  cannotListen: (address, reason) => `cannot listen on ${address}: ${reason}`,
};
