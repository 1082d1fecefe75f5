import { start } from "@privet/testkit";
import { join } from "node:path";
import { goInteropClient, goInteropServer } from "../../tools/go-tools.ts";
import { COMPRESSED, CORE, SOAK_FLAGS, VERY_LARGE, WITH_SERVER_ID } from "../cases.ts";
import type { Peer } from "../peer.ts";
import { HOST_OVERRIDE } from "../host-override.ts";

export const grpcGo: Peer = {
  name: "grpc-go",
  // Its client has no compressed cases.
  cases: CORE,
  // Its server knows nothing of compression, gives no name, and takes no message above 4 MiB.
  lacks: [...COMPRESSED, ...WITH_SERVER_ID, ...VERY_LARGE],
  startClient: (testCase, { port, certificates }) =>
    start(goInteropClient(), [
      "--server_host=127.0.0.1",
      `--server_port=${port}`,
      `--test_case=${testCase}`,
      ...SOAK_FLAGS,
      ...(certificates === undefined
        ? []
        : [
            "--use_tls",
            "--use_test_ca",
            `--ca_file=${join(certificates, "ca.pem")}`,
            `--server_host_override=${HOST_OVERRIDE}`,
          ]),
    ]),
  startServer: ({ port, certificates }) =>
    start(
      goInteropServer(),
      [
        `--port=${port}`,
        ...(certificates === undefined
          ? []
          : [
              "--use_tls",
              `--tls_cert_file=${join(certificates, "server1.pem")}`,
              `--tls_key_file=${join(certificates, "server1.key")}`,
            ]),
      ],
      { timeoutMs: 600_000 },
    ),
};
