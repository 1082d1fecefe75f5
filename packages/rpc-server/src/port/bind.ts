import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import type { Logger } from "../logger.ts";
import type { Address } from "./address.ts";

/** What is given to a listener of Node's or of the engine's. */
export type Binding = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Listens at `address` by means of `listen`. `[::]` gives way to `0.0.0.0` on
 * a machine without IPv6, which is logged; the file of a unix socket that
 * nobody listens at is taken away.
 *
 * @throws Error with the system's `code`, such as EADDRINUSE
 */
export async function bind<T>(
  address: Address,
  logger: Logger,
  listen: (binding: Binding) => Promise<T>,
): Promise<T> {
  if (address.kind === "unix") {
    const { path } = address;
    return listen({ path }).catch(async (error: unknown) => {
      if (codeOf(error) !== "EADDRINUSE" || !(await isForsaken(path))) throw error;
      await unlink(path);
      return listen({ path });
    });
  }
  const { host, port } = address;
  return listen({ host, port }).catch((error: unknown) => {
    if (host !== "::" || !lacksIpv6(error)) throw error;
    logger.warn({}, "this machine has no IPv6: listening on IPv4 alone");
    return listen({ host: "0.0.0.0", port });
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function lacksIpv6(error: unknown): boolean {
  return codeOf(error) === "EAFNOSUPPORT" || codeOf(error) === "EADDRNOTAVAIL";
}

/** Is it a socket at which nobody listens? Its file outlives a process that was killed. */
async function isForsaken(path: string): Promise<boolean> {
  // Other files refuse connections too, and aren't ours to delete.
  if (!(await lstat(path)).isSocket()) return false;
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error) => resolve(codeOf(error) === "ECONNREFUSED"));
  });
}
