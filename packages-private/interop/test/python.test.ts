import { existsSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { requirement } from "@privet/testkit";
import { testExample } from "./example-suite.ts";
import { copyExample, exampleFolder } from "./example.ts";
import type { ExampleCopy } from "./example.ts";
import type { Peer } from "./peer.ts";
import { testTheirClient } from "./their-client.ts";
import { testTheirServer } from "./their-server.ts";

const folder = exampleFolder("python");
const venv = join(folder, ".venv");
const python = existsSync(venv) ? join(venv, "bin/python") : "python3";

const hint = "make examples/python/.venv as its README says";
const skip = requirement({
  name: "Python with grpcio",
  probe: { command: python, args: ["-c", "import grpc_status, regex"] },
  hint,
});

const peers: readonly Peer[] = ["sync", "aio"].map((flavour) => ({
  name: `grpcio (${flavour})`,
  folder,
  server: [python, "-m", `${flavour}.server`],
  client: [python, "-m", `${flavour}.client`],
  forgetsHeaders: flavour === "aio",
  timeout: (milliseconds) => String(milliseconds / 1000),
}));

for (const peer of peers) {
  testTheirClient(peer.name, () => peer, skip);
  testTheirServer(peer.name, () => peer, skip);
}

const install = (copy: ExampleCopy): Promise<void> => symlink(venv, join(copy.folder, ".venv"));

testExample({
  name: "python",
  generated: "greeter",
  skip: requirement({ name: "examples/python/.venv", probe: { path: venv }, hint }),
  install,
  async prepared() {
    const copy = await copyExample("python", []);
    await install(copy);
    return copy;
  },
});
