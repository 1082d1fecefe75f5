import type { Socket } from "node:net";

/** How HTTP/2 opens (RFC 9113 §3.4); no method of HTTP/1.1 begins so. */
const opening = Buffer.from("PRI * HTTP/2.0\r\n");

/**
 * Looks at a socket's first octets and leaves them in it. It is destroyed
 * where they don't come within `timeoutMs`.
 */
export function sniff(
  socket: Socket,
  timeoutMs: number,
  decided: (isHttp2: boolean) => void,
): void {
  let seen: Buffer = Buffer.alloc(0);
  const leave = (): void => {
    clearTimeout(timer);
    socket.removeListener("readable", look);
    socket.removeListener("error", giveUp);
    socket.removeListener("close", leave);
  };
  const giveUp = (): void => {
    leave();
    socket.on("error", () => {});
    socket.destroy();
  };
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    // Readable without octets is the end.
    if (chunk === null) return socket.readableEnded ? giveUp() : undefined;
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, opening.length);
    const agrees = seen.subarray(0, length).equals(opening.subarray(0, length));
    if (agrees && length < opening.length) return;
    leave();
    socket.unshift(seen);
    decided(agrees);
  };
  const timer = setTimeout(giveUp, timeoutMs).unref();
  socket.on("readable", look);
  socket.on("error", giveUp);
  socket.on("close", leave);
}
