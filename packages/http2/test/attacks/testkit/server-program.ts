import type { AddressInfo, Socket } from "node:net";
import { preencode } from "../../../src/index.ts";
import type { Limits, ReceivedHeaders, Stream, StreamHandler } from "../../../src/index.ts";
import { listen } from "../../../src/node/index.ts";
import type { Listener, SocketConnection, SocketHandler } from "../../../src/node/index.ts";
import { Census } from "./census.ts";
import { answerCommands } from "./commands.ts";

// The victim in the role of the server, in a process of its own, so that its
// memory and its CPU are nobody else's.

const OK = preencode([":status", "200"]);
const TRAILERS = preencode(["grpc-status", "0"]);
const REPLY = new Uint8Array(32);
const BIG = new Uint8Array(1024 * 1024);

const census = new Census();
/** By the port of the connection's other end. */
const desks = new Map<number, Desk>();

/** The handlers of one connection. */
class Desk {
  readonly held: Set<Hold> = new Set();
  atWork = 0;
  mostAtWork = 0;
  handled = 0;

  enter(): void {
    this.atWork += 1;
    this.handled += 1;
    this.mostAtWork = Math.max(this.mostAtWork, this.atWork);
  }

  leave(): void {
    this.atWork -= 1;
  }

  letGo(): void {
    for (const hold of this.held) hold.letGo();
  }
}

/** Reads the request, answers, is done. */
class Reply implements StreamHandler {
  readonly #stream: Stream;
  readonly #desk: Desk;

  constructor(stream: Stream, desk: Desk) {
    this.#stream = stream;
    this.#desk = desk;
  }

  headers(_headers: ReceivedHeaders, _kind: string, endStream: boolean): void {
    if (endStream) this.answer(REPLY);
  }

  data(_bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    this.#stream.consume(end - start);
    if (endStream) this.answer(REPLY);
  }

  answer(body: Uint8Array): void {
    this.#stream.sendHeaders(OK);
    this.#stream.sendData(body, false);
    this.#stream.sendTrailers(TRAILERS);
  }

  closed(): void {
    this.#desk.leave();
    this.#stream.release();
  }
}

/** Works until the test lets it go, whatever becomes of the stream. */
class Hold implements StreamHandler {
  readonly #stream: Stream;
  readonly #desk: Desk;
  readonly #consumes: boolean;

  constructor(stream: Stream, desk: Desk, consumes: boolean) {
    this.#stream = stream;
    this.#desk = desk;
    this.#consumes = consumes;
    desk.held.add(this);
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    if (this.#consumes) this.#stream.consume(end - start);
  }

  letGo(): void {
    this.#desk.held.delete(this);
    this.#desk.leave();
    this.#stream.release();
  }

  /** The work outlives the stream, but not the connection. */
  closed(): void {}
}

/** Sends as much as is taken, a megabyte at a time, never more than `writable` asks for. */
class Torrent implements StreamHandler {
  readonly #stream: Stream;
  readonly #desk: Desk;

  constructor(stream: Stream, desk: Desk) {
    this.#stream = stream;
    this.#desk = desk;
    stream.sendHeaders(OK);
    this.#pour();
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    this.#stream.consume(end - start);
  }

  writable(): void {
    this.#pour();
  }

  closed(): void {
    this.#desk.leave();
    this.#stream.release();
  }

  #pour(): void {
    // The same octets over and over: what grows is the engine's alone.
    for (let at = 0; at < BIG.length; at += 16_384) {
      if (!this.#stream.sendData(BIG.subarray(at, at + 16_384), false)) return;
    }
    this.#stream.sendTrailers(TRAILERS);
  }
}

function handlerOf(connection: SocketConnection): SocketHandler {
  const port = (connection.socket as Socket).remotePort ?? -1;
  const desk = new Desk();
  desks.set(port, desk);
  census.follow(connection, port);
  return {
    closed: () => desk.letGo(),
    stream(stream, headers, endStream) {
      desk.enter();
      switch (headers.path) {
        case "/hold":
          return new Hold(stream, desk, true);
        case "/hoard":
          return new Hold(stream, desk, false);
        case "/torrent":
          return new Torrent(stream, desk);
        default: {
          const reply = new Reply(stream, desk);
          if (endStream) reply.answer(headers.path === "/big" ? BIG : REPLY);
          return reply;
        }
      }
    },
  };
}

const listeners: Listener[] = [];

answerCommands({
  listen: async (limits: Partial<Limits>): Promise<number> => {
    const listener = await listen({ port: 0, host: "127.0.0.1", handler: handlerOf, limits });
    listeners.push(listener);
    return (listener.address as AddressInfo).port;
  },
  record: (port: number) => census.recordOf(port),
  measure: () => census.measure(),
  handlers: (port: number) => {
    const { mostAtWork = 0, handled = 0 } = desks.get(port) ?? {};
    return { mostAtWork, handled };
  },
  letGo: (port: number) => desks.get(port)?.letGo(),
});
