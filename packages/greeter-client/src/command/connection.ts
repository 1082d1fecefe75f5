import { readFileSync } from "node:fs";
import { readTlsFiles } from "./tls-files.ts";
import type { TlsFiles } from "./tls-files.ts";
import type { Setting, Settings } from "./setting.ts";
import { UsageError } from "./usage-error.ts";

/** The ways to spread calls, by the names that service configs have for them. */
const balancers = ["pick_first", "round_robin", "least_request"] as const;
export type Balancer = (typeof balancers)[number];

/** Which servers are called, and how. */
export interface Connection {
  /** As the user wrote it. */
  readonly target: Setting;
  /** Undefined: without TLS. */
  readonly tls: Tls | undefined;
  /** Goes with every call. Undefined: none. */
  readonly token: string | undefined;
  /** Attempts of a call; 1 is no retrying. */
  readonly attempts: number;
  readonly balancer: Balancer;
}

export interface Tls {
  readonly files: TlsFiles;
  /** The name that the server has to prove, instead of the target's host. */
  readonly serverName: Setting | undefined;
}

const defaultTarget: Setting = { source: "PRIVET_ADDRESS", value: "localhost:50051" };
const mostAttempts = 100;

/**
 * What the settings say of the connection; the files that they name are read.
 *
 * @throws UsageError where they are wrong, or contradict each other
 */
export function connectionOf(settings: Settings): Connection {
  const target = settings.get("address") ?? defaultTarget;
  const tls = tlsOf(settings, target.value);
  return {
    target,
    tls,
    token: tokenOf(settings, tls !== undefined),
    attempts: attemptsOf(settings.get("retry")),
    balancer: balancerOf(settings.get("balancer")),
  };
}

function tlsOf(settings: Settings, target: string): Tls | undefined {
  const asked = settings.switchedOn("tls");
  if (asked !== undefined && /^http:/i.test(target)) {
    throw new UsageError({ kind: "tls-with-http", source: asked, value: target });
  }
  const [ca, cert, key, serverName] = (["ca", "cert", "key", "serverName"] as const).map((name) =>
    settings.get(name),
  );
  if (asked === undefined && !/^https:/i.test(target)) {
    const idle = ca ?? cert ?? key ?? serverName;
    if (idle !== undefined) {
      throw new UsageError({ kind: "needs-tls", source: idle.source });
    }
    return undefined;
  }
  return { files: readTlsFiles(ca, cert, key), serverName };
}

function tokenOf(settings: Settings, tls: boolean): string | undefined {
  const given = givenToken(settings);
  if (given === undefined) {
    return undefined;
  }
  if (!tls && settings.switchedOn("plaintextToken") === undefined) {
    throw new UsageError({ kind: "plaintext-token", source: given.source });
  }
  return given.value;
}

/** A file or the token itself; the command line goes before the environment. */
function givenToken(settings: Settings): Setting | undefined {
  for (const where of ["option", "variable"] as const) {
    const token = settings[where]("token");
    const file = settings[where]("tokenFile");
    if (token !== undefined && file !== undefined) {
      throw new UsageError({ kind: "conflict", options: [token.source, file.source] });
    }
    const given = token ?? (file && readToken(file));
    if (given !== undefined) {
      return checkedToken(given);
    }
  }
  return undefined;
}

function readToken({ source, value: path }: Setting): Setting {
  try {
    return { source, value: readFileSync(path, "utf8").trim() };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UsageError({ kind: "bad-file", source, value: path, problem: "unreadable", reason });
  }
}

/** RFC 6750 section 2.1. The fault doesn't show the token. */
function checkedToken(token: Setting): Setting {
  if (!/^[\w.~+/-]+=*$/.test(token.value)) {
    throw new UsageError({ kind: "bad-token", source: token.source });
  }
  return token;
}

function attemptsOf(retry: Setting | undefined): number {
  if (retry === undefined) {
    return 1;
  }
  const attempts = /^\d{1,3}$/.test(retry.value) ? Number(retry.value) : 0;
  if (attempts < 1 || attempts > mostAttempts) {
    throw new UsageError({ kind: "bad-retry", ...retry });
  }
  return attempts;
}

function balancerOf(setting: Setting | undefined): Balancer {
  if (setting === undefined) {
    return "pick_first";
  }
  const balancer = balancers.find((name) => name === setting.value);
  if (balancer === undefined) {
    throw new UsageError({ kind: "bad-balancer", ...setting, known: balancers });
  }
  return balancer;
}
