import { after, before } from "node:test";
import { join } from "node:path";
import { requirement } from "@privet/testkit";
import { testExample } from "./example-suite.ts";
import { copyExample, exampleFolder, readReadme } from "./example.ts";
import type { ExampleCopy } from "./example.ts";
import type { Peer } from "./peer.ts";
import { testTheirClient } from "./their-client.ts";
import { testTheirServer } from "./their-server.ts";

const skip = requirement({
  name: "Go with the modules of examples/go",
  probe: { command: "go", args: ["-C", exampleFolder("go"), "list", "-deps", "./...", "tool"] },
  hint: "install Go 1.26 or newer, and where there is no network, run `go mod download` first",
});

let built: ExampleCopy;

before(async () => {
  if (skip !== false) return;
  built = await copyExample("go", []);
  const [build = ""] = (await readReadme("go")).commands;
  await built.run(build);
});
after(() => built?.[Symbol.asyncDispose]());

const peer = (): Peer => ({
  name: "grpc-go",
  folder: built.folder,
  server: [join(built.folder, "bin/server")],
  client: [join(built.folder, "bin/client")],
  timeout: (milliseconds) => `${milliseconds}ms`,
});

testTheirClient("grpc-go", peer, skip);
testTheirServer("grpc-go", peer, skip);
testExample({
  name: "go",
  generated: "gen",
  skip,
  // The tests above have built it; this one may not take it away.
  prepared: async () => ({ ...built, async [Symbol.asyncDispose]() {} }),
});
