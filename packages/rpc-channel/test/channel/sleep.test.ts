import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ChannelOptions } from "../../src/channel-options.ts";
import { endpoint } from "../support/balanced.ts";
import { seeded } from "../support/random.ts";
import { VirtualTime } from "../support/virtual-time.ts";
import type { ArrivedRequest } from "../simulation/calls/servers.ts";
import { VirtualChannel } from "../simulation/calls/virtual-channel.ts";
import { greeting, grpcHead } from "./support/scripted-server.ts";

// A machine that sleeps, or a process that is frozen, as on AWS Lambda: time
// jumps, and the network has forgotten the connections. In virtual time.

const address = "10.0.0.1:1";
const nightMs = 8 * 3_600_000;

/** What a call was answered, or its error; neither while it runs. */
interface Ending {
  answer?: string;
  error?: ConnectError;
}

interface Machine {
  readonly channel: VirtualChannel;
  call(timeoutMs?: number): Ending;
  /** Whether its server does. */
  answering: boolean;
}

async function awake(options: ChannelOptions): Promise<Machine> {
  const time = new VirtualTime();
  const machine: Machine = {
    answering: true,
    channel: new VirtualChannel(
      {
        began: () => {},
        completed: (request) => {
          if (machine.answering) answer(request);
        },
      },
      time,
      seeded(1),
      options,
    ),
    call(timeoutMs = 0) {
      const call: Ending = {};
      machine.channel.client.sayHello({ name: "A" }, { timeoutMs }).then(
        (response) => (call.answer = response.greeting),
        (error: unknown) => (call.error = ConnectError.from(error)),
      );
      return call;
    },
  };
  machine.channel.resolver.update({ endpoints: [endpoint(address)] });
  const first = machine.call();
  await machine.channel.advance(100);
  assert.equal(first.answer, "good morning");
  return machine;
}

function answer({ stream }: ArrivedRequest): void {
  stream.sendHeaders(grpcHead);
  stream.sendData(greeting("good morning"), false);
  stream.sendTrailers(["grpc-status", "0"]);
}

/** The connections are forgotten by whatever was between, and nobody is told. */
function sleep({ channel }: Machine, ms: number): void {
  for (const wire of channel.servers.wires) wire.stall();
  channel.time.leap(channel.time.now() + ms);
}

async function close({ channel }: Machine): Promise<void> {
  const closed = channel.core.close();
  for (const wire of channel.servers.wires) wire.cut();
  await channel.advance(200_000);
  await closed;
  assert.equal(channel.time.alarms, 0);
}

test("after a night, a dead connection is found out within the keepalive's timeout of the first call", async () => {
  const machine = await awake({ keepaliveTimeMs: 60_000, idleTimeoutMs: Infinity });
  sleep(machine, nightMs);
  const call = machine.call();
  await machine.channel.advance(19_000);
  assert.deepEqual(call, {});
  await machine.channel.advance(2_000);
  assert.equal(call.error?.code, Code.Unavailable);
  assert.match(String(call.error), /keepalive_timeout/);
  const next = machine.call();
  await machine.channel.advance(100);
  assert.equal(next.answer, "good morning");
  await close(machine);
});

test("after a night, the idle timeout has come due: the first call gets a new connection", async () => {
  const machine = await awake({});
  sleep(machine, nightMs);
  await machine.channel.advance(20);
  assert.equal(machine.channel.core.states.state, "IDLE");
  const call = machine.call();
  await machine.channel.advance(100);
  assert.equal(call.answer, "good morning");
  await close(machine);
});

test("a call that was asleep beyond its deadline ends when the machine wakes, and says so", async () => {
  const machine = await awake({});
  machine.answering = false;
  const call = machine.call(5_000);
  await machine.channel.advance(1_000);
  sleep(machine, nightMs);
  assert.deepEqual(call, {});
  await machine.channel.advance(20);
  assert.equal(call.error?.code, Code.DeadlineExceeded);
  await close(machine);
});

test("a keepalive whose connection has gone meanwhile does nothing", async () => {
  const machine = await awake({ keepaliveTimeMs: 10_000, keepaliveWithoutCalls: true });
  for (const wire of machine.channel.servers.wires) wire.cut();
  await machine.channel.advance(60_000);
  const call = machine.call();
  await machine.channel.advance(100);
  assert.equal(call.answer, "good morning");
  await close(machine);
});

test("backoffs that came due in the night don't connect more than once", async () => {
  const machine = await awake({ idleTimeoutMs: Infinity });
  const { channel } = machine;
  channel.servers.at(address).reception = "refuses";
  for (const wire of channel.servers.wires) wire.cut();
  const failed = machine.call();
  await channel.advance(10_000);
  assert.ok(failed.error);
  const before = channel.servers.failures;
  sleep(machine, nightMs);
  await channel.advance(20);
  assert.equal(channel.servers.failures, before + 1);
  channel.servers.at(address).reception = "accepts";
  await channel.advance(200_000);
  const call = machine.call();
  await channel.advance(100);
  assert.equal(call.answer, "good morning");
  await close(machine);
});
