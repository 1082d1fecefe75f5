import { Code, ConnectError } from "@connectrpc/connect";

/** Where a call was going, and how far it had come. */
export interface Circumstances {
  /** `/package.Service/Method` */
  readonly path: string;
  /** As the user wrote it. */
  readonly target: string;
  /** That of the last attempt. */
  readonly address: string | undefined;
  readonly attempts: number;
}

/** A failure of the channel's own, with the circumstances that a reader of logs needs. */
export function explain(error: ConnectError, circumstances: Circumstances): ConnectError {
  return new ConnectError(
    `${error.rawMessage} (${describe(circumstances)})`,
    error.code,
    error.metadata,
    undefined,
    error,
  );
}

/** @param phase what the call was doing, to end «deadline passed after 5.0 s while …» */
export function deadlinePassed(
  afterMs: number,
  phase: string,
  circumstances: Circumstances,
): ConnectError {
  return new ConnectError(
    `deadline passed after ${duration(afterMs)} while ${phase} (${describe(circumstances)})`,
    Code.DeadlineExceeded,
  );
}

function describe({ path, target, address, attempts }: Circumstances): string {
  const at = address === undefined || address === target ? "" : ` at ${address}`;
  const tries = attempts > 1 ? `, ${attempts} attempts` : "";
  return `${path} to ${target}${at}${tries}`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
