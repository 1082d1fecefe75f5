import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Code, createContextValues } from "@connectrpc/connect";
import { createServer, tlsCredentials as serverCredentials } from "@privet/rpc-server";
import { requirement } from "@privet/testkit";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import {
  bearerToken,
  callCredentials,
  createInMemoryChannel,
  insecureChannel,
  secureChannel,
  tlsCredentials,
  tlsCredentialsFromFiles,
} from "../../src/index.ts";
import {
  CertificateAuthority,
  openssl,
} from "../../../rpc-server/test/testkit/certificate-authority.ts";
import { greeterClient, startGreeter } from "./support/greeter.ts";
import { failureOf } from "./support/scripted-server.ts";

const skip = requirement(openssl);
