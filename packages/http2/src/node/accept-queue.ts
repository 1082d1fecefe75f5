import type { Server } from "node:net";

/**
 * Resolves in a turn of the event loop that has accepted nothing, so that a
 * listener can be closed with an empty queue: connections that the kernel has
 * taken and no process has accepted are reset with it, and with all that their
 * clients have sent. Other processes may listen on the same port, which goes on
 * filling the queue: no more turns are waited for than it is long.
 *
 * @param length of the queue: connections
 */
export async function emptyAcceptQueue(server: Server, length: number): Promise<void> {
  let accepted = true;
  const note = (): void => {
    accepted = true;
  };
  server.on("connection", note);
  // Of the turn that is under way, sockets may have been looked at before.
  await nextTurn();
  for (let turns = 0; accepted && turns < length; turns++) {
    accepted = false;
    await nextTurn();
  }
  server.removeListener("connection", note);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
