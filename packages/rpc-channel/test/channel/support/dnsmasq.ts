import { once } from "node:events";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "@privet/testkit";
import type { Requirement } from "@privet/testkit";

export const dnsmasq: Requirement = {
  name: "dnsmasq",
  probe: { command: "dnsmasq", args: ["--version"] },
  hint: "apt-get install dnsmasq-base",
};

export interface Dnsmasq extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** The name has these addresses from now on. */
  tell(addresses: readonly string[]): Promise<void>;
}

/** Starts dnsmasq on this machine, for one name. */
export async function startDnsmasq(name: string, addresses: readonly string[]): Promise<Dnsmasq> {
  const folder = mkdtempSync(join(tmpdir(), "privet-dnsmasq-"));
  const hosts = join(folder, "hosts");
  const write = (current: readonly string[]): void =>
    writeFileSync(hosts, current.map((address) => `${address} ${name}\n`).join(""));
  write(addresses);
  const port = await freePort();
  const program = start("dnsmasq", [
    "--keep-in-foreground",
    "--log-facility=-",
    "--conf-file=/dev/null",
    "--pid-file=",
    `--user=${process.env["USER"] ?? "root"}`,
    "--no-resolv",
    "--no-hosts",
    "--bind-interfaces",
    "--listen-address=127.0.0.1",
    `--port=${port}`,
    `--addn-hosts=${hosts}`,
  ]);
  let reads = 0;
  const read = async (): Promise<void> => {
    reads++;
    await program.waitFor(new RegExp(`(?:read ${hosts}[^]*){${reads}}`), "stderr");
  };
  await read();
  return {
    address: `127.0.0.1:${port}`,
    async tell(current) {
      write(current);
      program.signal("SIGHUP");
      await read();
    },
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

/** One that nobody has at the moment: dnsmasq can't choose its own. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
