import { createServer, tlsCredentialsFromFiles } from "@privet/rpc-server";
import type { Suite } from "@privet/testkit";
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "node:tls";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { testRoutes } from "../interop/test-service.ts";
import { Clients } from "../load/clients.ts";
import { report } from "../load/report.ts";
import { buildDescriptors, readDescriptors } from "../tools/descriptors.ts";
import { javaInterop } from "../tools/java-tools.ts";
import { Certificates } from "./certificates.ts";

const ROTATION_MS = 1000;
/** Calls after which a client connects anew, to meet the certificate of the moment. */
const RECONNECT = 50;

/** The server's certificate is another one each second while clients call and connect. */
export const rotateSuite: Suite = {
  name: "rotate",
  summary: "new certificates under load of three languages' clients, 0 calls lost: [--seconds N]",
  run: async (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: "string", default: "30" } },
    });
    const rotations = Math.max(1, Math.floor((Number(values.seconds) * 1000) / ROTATION_MS));
    using certificates = new Certificates();
    const registry = readDescriptors(buildDescriptors("grpc-interop", javaInterop().protos));
    const server = createServer({ routes: testRoutes(registry) });
    const port = await server.addSecurePort(
      "127.0.0.1:0",
      tlsCredentialsFromFiles({
        privateKeyFile: certificates.key,
        certificateChainFile: certificates.certificate,
      }),
    );
    await server.start();
    await using clients = new Clients({
      address: `127.0.0.1:${port}`,
      ca: certificates.authority,
      reconnect: RECONNECT,
    });
    const serials = new Set<string>();
    for (let rotation = 0; rotation < rotations; rotation++) {
      await delay(ROTATION_MS);
      certificates.rotate();
      serials.add(await serialOn(port, certificates.authority));
    }
    const tallies = await clients.stop();
    await server.stop({ graceMs: 10_000 });
    console.log(`${rotations} rotations, ${serials.size} certificates seen`);
    // One is looked at before the server has read it, now and then: not most of them.
    return report(tallies) === 0 && serials.size > rotations / 2 ? 0 : 1;
  },
};

/** The serial number of the certificate that a new connection is shown. */
function serialOn(port: number, authority: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", ca: readFileSync(authority) }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
