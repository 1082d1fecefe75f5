import { join } from "node:path";
import { goProgram, requirement } from "@privet/testkit";
import type { Peer } from "../peer.ts";
import { cache } from "./cache.ts";
import { startProgram } from "./program.ts";

export const grpcGo: Peer = {
  name: "grpc-go",
  skip: requirement({
    name: "Go",
    probe: { command: "go", args: ["version"] },
    hint: "install it from https://go.dev/dl/",
  }),
  start: (certificate) => {
    const module = join(import.meta.dirname, "../grpc-go");
    return startProgram(goProgram({ command: ".", module, cache }), [], certificate);
  },
};
