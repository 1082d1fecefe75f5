import { existsSync } from "node:fs";
import { join } from "node:path";
import { requirement } from "@privet/testkit";
import type { Peer } from "../peer.ts";
import { startProgram } from "./program.ts";

const venv = join(import.meta.dirname, "../../../../../examples/python/.venv/bin/python");
const python = process.env["PRIVET_PYTHON"] ?? (existsSync(venv) ? venv : "python3");

export const grpcio: Peer = {
  name: "grpcio",
  skip: requirement({
    name: "Python with grpcio",
    probe: { command: python, args: ["-c", "import grpc, google.protobuf"] },
    hint: "make examples/python/.venv as its README says, or name another Python in PRIVET_PYTHON",
  }),
  start: (certificate) =>
    startProgram(python, [join(import.meta.dirname, "../grpcio/server.py")], certificate),
};
