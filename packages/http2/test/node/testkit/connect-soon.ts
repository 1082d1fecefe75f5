import { setTimeout as delay } from "node:timers/promises";
import { connect } from "../../../src/node/index.ts";
import type { ConnectOptions, SocketConnection } from "../../../src/node/index.ts";

/** Connects as soon as somebody listens, within five seconds. */
export async function connectSoon(place: ConnectOptions): Promise<SocketConnection> {
  const deadline = performance.now() + 5000;
  for (;;) {
    try {
      return await connect(place);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(20);
    }
  }
}
