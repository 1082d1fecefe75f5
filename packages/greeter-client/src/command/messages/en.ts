import type { FieldViolation, Trail, UnavailableReason, Waiting } from "../failure.ts";
import type { InputProblem } from "../names.ts";
import type { AddressProblem, FileProblem, HeaderProblem } from "../usage-error.ts";
import type { FailureContext, Messages } from "./messages.ts";

const addressProblems: Readonly<Record<AddressProblem, string>> = {
  malformed: "this is not an address",
  "no-host": "there is no host, or none of that name can be",
  "bad-port": "the port is a number from 1 to 65535",
  "srv-port": "the ports of a service are in its SRV records: leave the port out",
  "no-ip": "ipv4: and ipv6: need addresses of their kind",
  ipv6: "an IPv6 address with a port is written [::1]:50051",
  "name-server": "a name server is given by its IP address, as in dns://10.0.0.2/host:port",
  socket: "a socket is written unix:relative/path, unix:///absolute/path or unix-abstract:name",
  url: "a URL has a scheme, a host, a port and a path, and nothing else",
  scheme: "this scheme is not known",
};

const addressForms =
  "give host:port, dns:///host:port, ipv4:1.2.3.4:50051, ipv6:[::1]:50051, unix:path, http://host:port or https://host:port";

const fileProblems: Readonly<Record<FileProblem, (reason: string) => string>> = {
  unreadable: (reason) => `the file can't be read (${reason})`,
  "no-certificate": () => "this is not a certificate in PEM",
  "no-key": () => "this is not a private key in PEM",
  "encrypted-key": () => "the key is encrypted: give one without a passphrase",
  "other-key": (cert) => `this is not the key of the certificate «${cert}»`,
};

const headerProblems: Readonly<Record<HeaderProblem, string>> = {
  "no-equals-sign": "a header is name=value",
  "bad-name": "a name is of Latin letters, digits, «-», «_» and «.»",
  reserved: "the protocol keeps this name for itself",
  "bad-value": "a value is of printable ASCII; for anything else, use name-bin=BASE64",
  "not-base64": "the value of a -bin header is base64",
};

const reasons: Readonly<Record<UnavailableReason, (context: FailureContext) => string>> = {
  refused: ({ target }) =>
    `no server is running at ${target}: start one with «npx -y pnpm@12 server», or give its address with --address`,
  "unknown-host": ({ target }) =>
    `the host of ${target} is not known: check the name in --address, and the network`,
  unreachable: ({ target }) =>
    `${target} can't be reached: check --address, the network and the firewall`,
  "not-grpc": ({ target, tls }) =>
    tls
      ? `what listens at ${target} doesn't speak gRPC over TLS, or ends the connection because of the client's certificate: check --address, --cert and --key, or leave TLS out`
      : `what listens at ${target} doesn't speak gRPC without TLS: check the address and the port in --address, or add --tls`,
  untrusted: ({ target }) =>
    `the certificate of ${target} is not from an authority that is trusted: give the server's authority with --ca`,
  expired: ({ target }) =>
    `the certificate of ${target} is not valid at this time: it needs a new one, or this machine's clock is wrong`,
  "other-name": ({ target }) =>
    `the certificate of ${target} is for another name: check --address, or give the name in it with --server-name`,
  "client-certificate": ({ target }) =>
    `${target} doesn't accept the client's certificate, or there is none: give one that it trusts with --cert and --key`,
  "going-away": ({ target }) => `the server at ${target} is stopping: call again`,
  broken: ({ target }) =>
    `the connection to ${target} broke before the call was over: see that the server is running, and call again`,
};

const waitings: Readonly<Record<Waiting, string>> = {
  name: "it was looking the host up",
  connection: "it was waiting for a connection",
  stream: "it was waiting in line for the server",
  response: "it was waiting for the answer",
  rest: "it was receiving the answer",
  retry: "it was waiting to try again",
};

const inputProblems = {
  unreadable: ({ reason }: { reason: string }) => `standard input can't be read: ${reason}`,
  "not-utf8": ({ line }: { line: number }) =>
    `line ${line} of standard input is not UTF-8: give the names in UTF-8`,
  "line-too-long": ({ line }: { line: number }) =>
    `line ${line} of standard input is longer than 64 KiB: give one name on each line`,
};

export const en: Messages = {
  description: "Greets people by name, through the greeting server.",
  usage: "[options] [name...]",
  names: { term: "name", text: "whom to greet; «Мир» by default" },
  titles: { "Usage:": "Usage:", "Arguments:": "Arguments:", "Options:": "Options:" },
  options: {
    languages: { value: "tags", text: "greet in each of these languages, such as ru,en,ja" },
    all: { text: "greet all the names with one greeting" },
    each: { text: "read names from standard input, one on a line, and greet each as it comes" },
    address: {
      value: "target",
      text: "where the servers listen: host:port, dns:///host:port, ipv4:1.2.3.4:50051,1.2.3.5:50051, ipv6:[::1]:50051, unix:path, http://host:port or https://host:port (PRIVET_ADDRESS; default: localhost:50051)",
    },
    tls: { text: "call over TLS; https:// does so too (PRIVET_TLS=on)" },
    ca: {
      value: "file",
      text: "with TLS: the authorities to trust, in PEM (PRIVET_CA; default: those of Node)",
    },
    cert: { value: "file", text: "with TLS: the client's own certificate, in PEM (PRIVET_CERT)" },
    key: { value: "file", text: "with --cert: its private key, in PEM (PRIVET_KEY)" },
    "server-name": {
      value: "name",
      text: "with TLS: the name that the server has to prove (PRIVET_SERVER_NAME; default: the host of --address)",
    },
    token: {
      value: "token",
      text: "a bearer token to send; other users of the machine can see it on the command line (PRIVET_TOKEN)",
    },
    "token-file": { value: "file", text: "a file with the token in it (PRIVET_TOKEN_FILE)" },
    "plaintext-token": {
      text: "send the token without TLS too, where anyone on the way can read it (PRIVET_PLAINTEXT_TOKEN=on)",
    },
    balancer: {
      value: "name",
      text: "how calls are spread over several servers: pick_first, round_robin or least_request (PRIVET_BALANCER; default: pick_first)",
    },
    retry: {
      value: "attempts",
      text: "how often the call is tried, from 1 to 100, where the server is not available (PRIVET_RETRY; default: 1)",
    },
    timeout: {
      value: "time",
      text: "how long the whole call may take: 500ms, 5s, 1m or seconds (default: 5s; with --each there is no limit)",
    },
    header: {
      value: "name=value",
      text: "a header to send, may be repeated; the value of a name that ends with -bin is base64",
    },
    watch: { text: "print the states of the connection to standard error, each with its time" },
    json: { text: "print a JSON object on each line, errors and states too" },
    help: { text: "print this help" },
    version: { text: "print the version" },
  },
  epilogue: `
Examples:
  privet
  privet Анна
  privet --languages ru,en,ja Анна
  privet --all Анна Борис
  privet --each < names.txt
  privet --address https://greeter.example --ca ca.pem --token-file token
  privet --address dns:///greeter:50051 --balancer round_robin --retry 3 --watch

Exit codes:
  0    all is well
  1    another error
  2    the command line or the input is wrong
  3    the server doesn't accept the name, the language or the header
  4    the server can't be reached or is not available
  5    the time is up
  6    the server doesn't let this caller in
  130  the call was cancelled (Ctrl-C)`,
  faults: {
    "unknown-option": ({ option, similar }) =>
      `there is no option ${option}${similar.length > 0 ? `; did you mean ${similar.join(", ")}?` : ""}`,
    "missing-value": ({ option }) => `${option} needs a value`,
    conflict: ({ options: [one, other] }) => `${one} and ${other} don't go together`,
    "several-names": () =>
      "several names need --all (one greeting for all), or --each with the names on standard input",
    "no-names": () => "--all needs names, such as: privet --all Анна Борис",
    "names-with-each": () =>
      "--each reads the names from standard input, not from the command line",
    "empty-language": ({ value }) =>
      `--languages «${value}»: a tag is missing; give them as in ru,en,ja`,
    "bad-address": ({ source, value, problem }) =>
      `${source} «${value}»: ${addressProblems[problem]}; ${addressForms}`,
    "bad-switch": ({ source, value }) => `${source} «${value}»: it is on or off`,
    "tls-with-http": ({ source, value }) =>
      `${source} and the address «${value}» don't go together: http:// is without TLS, https:// is with it`,
    "needs-tls": ({ source }) => `${source} is for TLS: add --tls, or an address with https://`,
    "lone-file": ({ source, missing }) =>
      `${source} needs ${missing} as well: a certificate and its key go together`,
    "bad-file": ({ source, value, problem, reason }) =>
      `${source} «${value}»: ${fileProblems[problem](reason)}`,
    "bad-server-name": ({ source, value }) =>
      `${source} «${value}»: this is not the name of a host`,
    "bad-token": ({ source }) =>
      `${source}: a token is of Latin letters, digits and «-._~+/», with «=» at its end or without`,
    "plaintext-token": ({ source }) =>
      `${source}: without TLS anyone on the way could read the token; add --tls, or --plaintext-token to send it all the same`,
    "bad-retry": ({ source, value }) =>
      `${source} «${value}»: give a number of attempts from 1 to 100`,
    "bad-balancer": ({ source, value, known }) =>
      `${source} «${value}»: give one of ${known.join(", ")}`,
    "bad-timeout": ({ value }) =>
      `--timeout «${value}»: give a time from 1ms to 27 hours, such as 500ms, 5s, 1m or 5`,
    "bad-header": ({ value, problem }) => `--header «${value}»: ${headerProblems[problem]}`,
  },
  failures: {
    input: ({ problem }) => (inputProblems[problem.kind] as (p: InputProblem) => string)(problem),
    "invalid-argument": ({ fields, text }) =>
      `the server doesn't accept the request: ${fieldsText(fields) || text}`,
    "no-connection": ({ reason, trail }, context) =>
      reasons[reason](context) + trailText(trail, context),
    unavailable: ({ text, trail }, context) =>
      `the server at ${context.target} is not available: ${text || "it doesn't say why"}; call again later${trailText(trail, context)}`,
    deadline: ({ waiting, trail }, context) => {
      const { target, timeoutMs } = context;
      if (timeoutMs === undefined) {
        return `the server at ${target} says that the time of the call is up: call again`;
      }
      const meanwhile = waiting === undefined ? "" : `, ${waitings[waiting]}`;
      return `the call to ${target} was not over within ${duration(timeoutMs)}${meanwhile}: give it more time with --timeout, or check the server${trailText(trail, context)}`;
    },
    interrupted: () => "cancelled",
    cancelled: ({ text }, { target }) =>
      `the server at ${target} cancelled the call: ${text || "it doesn't say why"}`,
    unauthenticated: ({ text }, { target }) =>
      `the server at ${target} wants to know who calls: ${text || "it doesn't say why"}; give a token with --token-file, or a certificate with --cert and --key`,
    "permission-denied": ({ text }, { target }) =>
      `the server at ${target} knows who calls, and doesn't allow it: ${text || "it doesn't say why"}`,
    unimplemented: ({ text }, { target }) =>
      `the server at ${target} doesn't know this call: ${text}; check --address and the server's version`,
    rpc: ({ code, text }, { target }) =>
      `the server at ${target} answered with ${code}: ${text || "it doesn't say why"}`,
    unexpected: ({ text }) => `unexpected error: ${text}`,
  },
  seeHelp: "see privet --help",
};

function fieldsText(fields: readonly FieldViolation[]): string {
  return fields.map(({ field, description }) => `field ${field}: ${description}`).join("; ");
}

/** What the target doesn't say already: " (at 127.0.0.1:50051, 3 attempts)". */
function trailText({ address, attempts, last }: Trail, { target }: FailureContext): string {
  const parts = [
    ...(address === undefined || address === target ? [] : [`at ${address}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(last === undefined ? [] : [`last error: ${last}`]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function duration(ms: number): string {
  const [value, unit] = ms < 1000 ? [ms, "millisecond"] : [ms / 1000, "second"];
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(value);
}
