import { ConnectError } from "@connectrpc/connect";
import type { Trail, UnavailableReason, Waiting } from "./failure.ts";

/**
 * What the channel has to say itself of a call that failed (docs/errors.md):
 * `TEXT (/package.Service/Method to TARGET at ADDRESS, N attempts)`, in English.
 */
export interface ChannelReport {
  /** Without what stands in brackets at its end. */
  readonly text: string;
  readonly trail: Trail;
}

/** @returns undefined for what the server has answered */
export function channelReport(error: ConnectError, target: string): ChannelReport | undefined {
  const [, text = "", where = ""] = /^(.*) \(\/\S+ to (.*)\)$/s.exec(error.rawMessage) ?? [];
  if (text === "" || !where.startsWith(target)) {
    return undefined;
  }
  const [, address = triedAddress(error), attempts = "1"] =
    /^(?: at (.+?))?(?:, (\d+) attempts)?$/s.exec(where.slice(target.length)) ?? [];
  return {
    text,
    trail: { attempts: Number(attempts), ...(address !== undefined && { address }) },
  };
}

/** Of a failed attempt to connect, which is among the causes: `ECONNREFUSED ADDRESS`, or `ADDRESS: why`. */
function triedAddress(error: ConnectError): string | undefined {
  const failed = causesOf(error).find(({ cause }) => isConnectFailure(cause));
  if (!(failed instanceof ConnectError)) {
    return undefined;
  }
  const [, after, before] =
    /^E[A-Z\d]+ (.+)$|^((?:\[.*?\]|unix(?:-abstract)?|[^\s:]+):[^\s:]+): /s.exec(
      failed.rawMessage,
    ) ?? [];
  return after ?? before;
}

const waitings: readonly (readonly [string, Waiting])[] = [
  ["resolving the name", "name"],
  ["connecting", "connection"],
  ["waiting for a server", "connection"],
  ["waiting for one of the server's streams", "stream"],
  ["waiting for the response", "response"],
  ["receiving the response", "rest"],
  ["waiting to try again", "retry"],
];

/** What the call was doing when its deadline passed, and what had gone wrong before. */
export function waitingOf({ text, trail }: ChannelReport): { waiting?: Waiting; trail: Trail } {
  const [, what = ""] = /^deadline passed after .+? while (.*)$/s.exec(text) ?? [];
  const found = waitings.find(([words]) => what.startsWith(words));
  if (found === undefined) {
    return { trail };
  }
  const [words, waiting] = found;
  const [, inBrackets, attempt] =
    /^(?: \((.*?)\))?(?:, last attempt: (.*))?$/s.exec(what.slice(words.length)) ?? [];
  const last = attempt ?? inBrackets;
  return { waiting, trail: { ...trail, ...(last !== undefined && { last }) } };
}

/** Why the channel had no connection, or lost it; undefined where a person can do nothing about it. */
export function unavailableReason(
  error: ConnectError,
  { text }: ChannelReport,
): UnavailableReason | undefined {
  const failure = causesOf(error).find(isConnectFailure);
  if (failure !== undefined) {
    return connectReason(failure);
  }
  if (text.startsWith("name resolution failed")) {
    return "unknown-host";
  }
  return ends.find(([words]) => words.test(text))?.[1];
}

/** How a connection or a stream ended under a call. */
const ends: readonly (readonly [RegExp, UnavailableReason])[] = [
  [/^the connection was lost/, "broken"],
  [/^http\/2 stream closed with error code NO_ERROR/, "broken"],
  [/^the server is going away/, "going-away"],
];

/** What an attempt to connect came to, as @privet/rpc-channel's errors have it for their cause. */
interface ConnectFailure extends Error {
  readonly reason: "unreachable" | "timeout" | "closed" | "no_http2";
}

function isConnectFailure(error: unknown): error is ConnectFailure {
  return error instanceof Error && error.name === "ConnectFailure";
}

function connectReason({ reason, message, cause }: ConnectFailure): UnavailableReason | undefined {
  if (reason === "timeout") {
    return message.includes("SETTINGS") ? "not-grpc" : "unreachable";
  }
  if (reason !== "unreachable") {
    return "not-grpc";
  }
  const { code = "" } = (cause ?? {}) as NodeJS.ErrnoException;
  return codes.find(([known]) => known.test(code))?.[1];
}

/** The codes of the system, of certificates and of OpenSSL's alerts. */
const codes: readonly (readonly [RegExp, UnavailableReason])[] = [
  [/^(?:ECONNREFUSED|ENOENT)$/, "refused"],
  [/^(?:ETIMEDOUT|EADDRNOTAVAIL|EHOSTUNREACH|ENETUNREACH)$/, "unreachable"],
  [
    /_ALERT_.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE|DECRYPT_ERROR)/,
    "client-certificate",
  ],
  [/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/, "expired"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "other-name"],
  [/CERT|^UNABLE_TO_VERIFY|^INVALID_CA$/, "untrusted"],
  [/^ECONNRESET$|^EPIPE$|^EPROTO$|^ERR_SSL_/, "not-grpc"],
];

/** The error and the causes under it. */
export function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
