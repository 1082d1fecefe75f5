import type { AddressProblem } from "../../address.ts";
import type { FieldViolation, UnavailableReason } from "../failure.ts";
import type { InputProblem } from "../names.ts";
import type { HeaderProblem } from "../usage-error.ts";
import type { Messages } from "./messages.ts";

const addressProblems: Readonly<Record<AddressProblem, string>> = {
  malformed: "this is not an address",
  "no-port": "the port is missing",
  "bad-port": "the port is a number from 1 to 65535",
  tls: "TLS is not supported",
  "more-than-host": "an address has no path",
};

const headerProblems: Readonly<Record<HeaderProblem, string>> = {
  "no-equals-sign": "a header is name=value",
  "bad-name": "a name is of Latin letters, digits, «-», «_» and «.»",
  reserved: "the protocol keeps this name for itself",
  "bad-value": "a value is of printable ASCII; for anything else, use name-bin=BASE64",
  "not-base64": "the value of a -bin header is base64",
};

const reasons: Readonly<Record<UnavailableReason, (authority: string) => string>> = {
  refused: (authority) =>
    `no server is running at ${authority}: start one with «npx -y pnpm@12 server», or give its address with --address`,
  "unknown-host": (authority) =>
    `the host of ${authority} is not known: check the name in --address, and the network`,
  unreachable: (authority) =>
    `${authority} can't be reached: check --address, the network and the firewall`,
  "not-grpc": (authority) =>
    `what listens at ${authority} doesn't speak gRPC without TLS: check the address and the port in --address`,
  broken: (authority) =>
    `the connection to ${authority} broke before the call was over: see that the server is running, and call again`,
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
      value: "host:port",
      text: "where the server listens: host:port, [::1]:50051 or http://host:port (default: PRIVET_ADDRESS, else localhost:50051)",
    },
    timeout: {
      value: "time",
      text: "how long the whole call may take: 500ms, 5s, 1m or seconds (default: 5s; with --each there is no limit)",
    },
    header: {
      value: "name=value",
      text: "a header to send, may be repeated; the value of a name that ends with -bin is base64",
    },
    json: { text: "print a JSON object on each line, errors too" },
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

Exit codes:
  0    all is well
  1    another error
  2    the command line or the input is wrong
  3    the server doesn't accept the name, the language or the header
  4    the server can't be reached or is not available
  5    the time is up
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
      `${source} «${value}»: ${addressProblems[problem]}; give host:port, [::1]:50051 or http://host:port`,
    "bad-timeout": ({ value }) =>
      `--timeout «${value}»: give a time from 1ms to 27 hours, such as 500ms, 5s, 1m or 5`,
    "bad-header": ({ value, problem }) => `--header «${value}»: ${headerProblems[problem]}`,
  },
  failures: {
    input: ({ problem }) => (inputProblems[problem.kind] as (p: InputProblem) => string)(problem),
    "invalid-argument": ({ fields, text }) =>
      `the server doesn't accept the request: ${fieldsText(fields) || text}`,
    "no-connection": ({ reason }, { authority }) => reasons[reason](authority),
    unavailable: ({ text }, { authority }) =>
      `the server at ${authority} is not available: ${text || "it doesn't say why"}; call again later`,
    deadline: (_, { authority, timeoutMs }) =>
      timeoutMs === undefined
        ? `the server at ${authority} says that the time of the call is up: call again`
        : `the call to ${authority} was not over within ${duration(timeoutMs)}: give it more time with --timeout, or check the server`,
    interrupted: () => "cancelled",
    cancelled: ({ text }, { authority }) =>
      `the server at ${authority} cancelled the call: ${text || "it doesn't say why"}`,
    unimplemented: ({ text }, { authority }) =>
      `the server at ${authority} doesn't know this call: ${text}; check --address and the server's version`,
    rpc: ({ code, text }, { authority }) =>
      `the server at ${authority} answered with ${code}: ${text || "it doesn't say why"}`,
    unexpected: ({ text }) => `unexpected error: ${text}`,
  },
  seeHelp: "see privet --help",
};

function fieldsText(fields: readonly FieldViolation[]): string {
  return fields.map(({ field, description }) => `field ${field}: ${description}`).join("; ");
}

function duration(ms: number): string {
  const [value, unit] = ms < 1000 ? [ms, "millisecond"] : [ms / 1000, "second"];
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(value);
}
