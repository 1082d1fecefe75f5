import { start } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { javaInterop } from "../../tools/java-tools.ts";
import { COMPRESSED, CORE, PROBED, SOAK_FLAGS, VERY_LARGE, WITH_SERVER_ID } from "../cases.ts";
import { HOST_OVERRIDE } from "../host-override.ts";
import type { Peer } from "../peer.ts";

export const grpcJava: Peer = {
  name: "grpc-java",
  cases: [...CORE, ...COMPRESSED, ...VERY_LARGE],
  // Its server compresses unary responses alone, doesn't look how requests came,
  // gives no name, and takes no message above 16 MiB.
  lacks: [...PROBED, "server_compressed_streaming", ...WITH_SERVER_ID, ...VERY_LARGE],
  startClient: (testCase, { port, certificates }) =>
    run("TestServiceClient", [
      "--server_host=127.0.0.1",
      `--server_port=${port}`,
      `--test_case=${testCase}`,
      ...SOAK_FLAGS,
      ...(certificates === undefined
        ? ["--use_tls=false"]
        : ["--use_tls=true", "--use_test_ca=true", `--server_host_override=${HOST_OVERRIDE}`]),
    ]),
  startServer: ({ port, certificates }) =>
    run("TestServiceServer", [`--port=${port}`, `--use_tls=${certificates !== undefined}`]),
};

function run(program: string, args: readonly string[]): Program {
  return start(
    "java",
    [
      // A client lives for a second: it has no time to win from its second compiler.
      "-XX:TieredStopAtLevel=1",
      "-classpath",
      javaInterop().classpath,
      `io.grpc.testing.integration.${program}`,
      ...args,
    ],
    { timeoutMs: 600_000 },
  );
}
