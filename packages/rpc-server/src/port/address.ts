/** Where a port takes connections. */
export type Address =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

const tcp = /^(?:\[(?<v6>[0-9a-f:.]+(?:%\w+)?)\]|(?<host>[^\s:[\]/]*)):(?<port>\d{1,5})$/i;
const unix = /^unix:(?:\/\/(?=\/))?(?<path>.+)$/s;

/**
 * Reads `host:port`, `[::1]:port`, `:port` (all addresses, as `[::]:port`),
 * `unix:path` or `unix:///absolute/path`. Port 0 lets the system choose.
 *
 * @throws TypeError for anything else
 */
export function parseAddress(text: string): Address {
  const path = unix.exec(text)?.groups?.["path"];
  if (path !== undefined) return { kind: "unix", path };
  const groups = tcp.exec(text)?.groups;
  const port = Number(groups?.["port"]);
  if (groups === undefined || port > 65_535) {
    throw new TypeError(
      `«${text}» is no address to listen at: give host:port, [::]:port, :port or unix:path`,
    );
  }
  return { kind: "tcp", host: groups["v6"] ?? (groups["host"] || "::"), port };
}
