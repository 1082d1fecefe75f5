import type { Socket } from "node:net";
import { ErrorCode } from "@privet/http2";
import type { Connection, StreamHandler } from "@privet/http2";
import type { SocketConnection, SocketHandler } from "@privet/http2/node";

/** A stream that somebody wants on a connection. */
export interface Opening extends StreamHandler {
  /** There is room: opens it, with `connection.openStream()`. Called at most once. */
  open(connection: Connection): void;
  /** The connection takes no more streams, and this one never began. Nothing is called after it. */
  turnedAway(): void;
}

/** Is told what concerns the connection as a whole. */
export interface LiveConnectionListener {
  /** It takes no more streams. Those that are open go on. Called once. */
  gone(live: LiveConnection, code: ErrorCode, debug: string): void;
}

/**
 * One HTTP/2 connection of a subchannel. Streams beyond what the server allows
 * at once (SETTINGS_MAX_CONCURRENT_STREAMS) wait here, in their order.
 */
export class LiveConnection {
  readonly handler: Omit<SocketHandler, "stream" | "streamTooLarge">;
  readonly #listener: LiveConnectionListener;
  readonly #waiting: Set<Opening> = new Set();
  #socket: SocketConnection | undefined = undefined;
  #gone = false;
  /** A server has answered on it: it is more than an open port. */
  proven = false;

  constructor(listener: LiveConnectionListener) {
    this.#listener = listener;
    this.handler = {
      settings: () => this.#serve(),
      streamsAvailable: () => this.#serve(),
      goaway: (_, code, debug) => {
        // A server that lets its calls end has been of use, even if none has been answered yet.
        if (code === ErrorCode.NO_ERROR && this.#serving) this.proven = true;
        this.#end(code, debug);
      },
      closed: (end) => this.#end(end.code, end.token),
    };
  }

  /** @returns false where it has ended already */
  attach(socket: SocketConnection): boolean {
    this.#socket = socket;
    // It is calls that keep the process alive, and not connections. Pipes have no say in it.
    (socket.socket as Partial<Socket>).unref?.();
    return !this.#gone;
  }

  /** Why its socket failed, such as ECONNRESET. */
  get socketError(): Error | undefined {
    return this.#socket?.socketError;
  }

  /**
   * Opens a stream, now or when there is room.
   *
   * @returns false where it takes no more streams: nothing is called then
   */
  admit(opening: Opening): boolean {
    const connection = this.#socket?.connection;
    if (this.#gone || connection === undefined) return false;
    if (connection.draining) {
      // The last identifier has been used: that is nobody's fault, and nobody says so.
      this.#end(0, "");
      return false;
    }
    if (connection.availableStreams === 0) this.#waiting.add(opening);
    else opening.open(connection);
    return true;
  }

  /** Takes out of the line what hasn't been opened yet. */
  withdraw(opening: Opening): void {
    this.#waiting.delete(opening);
  }

  /** Takes no more streams, and ends with the last one. */
  drain(): void {
    this.#end(0, "");
    this.#socket?.connection.drain("shutdown");
  }

  /** Ends with all its streams. */
  destroy(): void {
    this.#socket?.destroy();
  }

  get #serving(): boolean {
    return (this.#socket?.connection.activeStreams ?? 0) > 0;
  }

  #serve(): void {
    const connection = this.#socket?.connection;
    if (connection === undefined) return;
    for (const opening of this.#waiting) {
      if (this.#gone || connection.availableStreams === 0) return;
      this.#waiting.delete(opening);
      opening.open(connection);
    }
  }

  #end(code: ErrorCode, debug: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#listener.gone(this, code, debug);
    for (const opening of this.#waiting) {
      this.#waiting.delete(opening);
      opening.turnedAway();
    }
  }
}
