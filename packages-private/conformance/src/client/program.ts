import { create, fromBinary } from "@bufbuild/protobuf";
import type { DescMessage } from "@bufbuild/protobuf";
import { parseArgs } from "node:util";
import { sizeDelimited } from "../server/size-delimited.ts";
import { readDescriptors } from "../tools/descriptors.ts";
import { channelFor } from "./channel-for.ts";
import { makeCall } from "./make-call.ts";
import type { ClientCompatRequest } from "./messages.ts";

// The program that the runner starts: it reads cases on standard input, makes
// their calls, and tells on standard output what became of each.

const { values } = parseArgs({ options: { descriptors: { type: "string", default: "" } } });
const registry = readDescriptors(values.descriptors);
const requestSchema = schema("ClientCompatRequest");
const responseSchema = schema("ClientCompatResponse");
/** More would measure the machine: some cases have deadlines, which go on while others shake hands. */
const atOnce = 4;
const running = new Set<Promise<void>>();

let received = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  received = Buffer.concat([received, chunk as Buffer]);
  while (received.length >= 4 && received.length >= 4 + received.readUInt32BE()) {
    const end = 4 + received.readUInt32BE();
    const bytes = received.subarray(4, end);
    received = received.subarray(end);
    if (running.size >= atOnce) await Promise.race(running);
    const done = run(fromBinary(requestSchema, bytes) as ClientCompatRequest).finally(() =>
      running.delete(done),
    );
    running.add(done);
  }
}
await Promise.all(running);

async function run(request: ClientCompatRequest): Promise<void> {
  const { testName } = request;
  const result = await outcome(request);
  process.stdout.write(sizeDelimited(responseSchema, create(responseSchema, { testName, result })));
}

async function outcome(request: ClientCompatRequest): Promise<Record<string, unknown>> {
  try {
    await using channel = channelFor(request, registry);
    return { case: "response", value: await makeCall(request, channel, registry) };
  } catch (error) {
    const message = error instanceof Error ? `${error.stack}` : String(error);
    return { case: "error", value: { message } };
  }
}

function schema(name: string): DescMessage {
  const found = registry.getMessage(`connectrpc.conformance.v1.${name}`);
  if (found === undefined) throw new Error(`the descriptors have no message ${name}`);
  return found;
}
