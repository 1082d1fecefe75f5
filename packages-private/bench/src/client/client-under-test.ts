import { startSubject } from "../harness/subject.ts";
import type { SubjectProgram } from "../harness/subject.ts";
import type { Affinity } from "../harness/affinity.ts";
import type { Done, Window } from "./window.ts";

/** A client, started. Dispose of it with `await using`. */
export interface ClientUnderTest extends AsyncDisposable {
  cpuMicros(): Promise<number>;
  /** @throws Error of the first call that failed */
  run(window: Window): Promise<Done>;
}

export async function startClient(
  program: SubjectProgram,
  affinity: Affinity,
): Promise<ClientUnderTest> {
  const subject = await startSubject<unknown>(program, affinity);
  return {
    cpuMicros: () => subject.cpuMicros(),
    run: async (window) => (await subject.ask("run", window)) as Done,
    [Symbol.asyncDispose]: () => subject[Symbol.asyncDispose](),
  };
}
