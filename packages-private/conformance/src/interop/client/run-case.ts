import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileRegistry } from "@bufbuild/protobuf";
import {
  insecureChannel,
  secureChannel,
  SubchannelPool,
  tlsCredentials,
} from "@privet/rpc-channel";
import type { ChannelOptions } from "@privet/rpc-channel";
import { interopDescriptors } from "../descriptors.ts";
import { HOST_OVERRIDE } from "../host-override.ts";
import type { Target } from "../peer.ts";
import type { Case, Scene } from "./case.ts";
import { compressionCases } from "./cases/compression.ts";
import { endingCases } from "./cases/endings.ts";
import { metadataCases } from "./cases/metadata.ts";
import { soakCases } from "./cases/soak.ts";
import { streamingCases } from "./cases/streaming.ts";
import { unaryCases } from "./cases/unary.ts";
import { testClient } from "./test-client.ts";

/** What no call of a case takes. */
const TIMEOUT_MS = 60_000;

const cases: Readonly<Record<string, Case>> = {
  ...unaryCases,
  ...streamingCases,
  ...metadataCases,
  ...endingCases,
  ...soakCases,
  ...compressionCases,
};

/**
 * Runs a case with our channel.
 *
 * @throws Error that says what was not as it should be
 */
export async function runCase(name: string, target: Target): Promise<void> {
  const run = cases[name];
  if (run === undefined) throw new Error(`the channel has no case ${name}`);
  const scene = sceneAt(target, interopDescriptors());
  await using channel = scene.open();
  await run(testClient(scene.registry, channel), scene);
}

function sceneAt({ port, certificates }: Target, registry: FileRegistry): Scene {
  const place = `127.0.0.1:${port}`;
  return {
    registry,
    open(options) {
      const all: ChannelOptions = {
        defaultTimeoutMs: TIMEOUT_MS,
        subchannelPool: new SubchannelPool(),
        ...options,
      };
      if (certificates === undefined) return insecureChannel(place, all);
      const rootCertificates = readFileSync(join(certificates, "ca.pem"));
      const credentials = tlsCredentials({ rootCertificates });
      return secureChannel(place, credentials, { ...all, authority: HOST_OVERRIDE });
    },
  };
}
