import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";

/** What a name server knows: by name and type. */
export type Zone = Readonly<Record<string, readonly ZoneRecord[]>>;

export type ZoneRecord =
  | { readonly type: "A"; readonly address: string; readonly ttl: number }
  | { readonly type: "AAAA"; readonly address: string; readonly ttl: number }
  | { readonly type: "TXT"; readonly pieces: readonly string[] }
  | {
      readonly type: "SRV";
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    };

export interface NameServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** The questions so far, as `TYPE name`. */
  readonly questions: string[];
}

const types = { A: 1, TXT: 16, AAAA: 28, SRV: 33 } as const;
const nameError = 3;

/** A name server on this machine (RFC 1035 §4), over UDP, for what real clients ask. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (query: Buffer, from: RemoteInfo) => {
    const { name, type, end } = readQuestion(query);
    const typeName = Object.entries(types).find(([, number]) => number === type)?.[0];
    questions.push(`${typeName ?? type} ${name}`);
    const known = zone[name];
    const answers = (known ?? []).filter((record) => record.type === typeName);
    socket.send(
      respond(query.subarray(0, end), answers, known === undefined),
      from.port,
      from.address,
    );
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function respond(question: Buffer, answers: readonly ZoneRecord[], unknown: boolean): Buffer {
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8580 | (unknown ? nameError : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, question.subarray(12), ...answers.map(encodeRecord)]);
}

function encodeRecord(record: ZoneRecord): Buffer {
  const data = encodeData(record);
  const head = Buffer.alloc(12);
  // The name is that of the question: a pointer to it (RFC 1035 §4.1.4).
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(types[record.type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE("ttl" in record ? record.ttl : 60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function encodeData(record: ZoneRecord): Buffer {
  if (record.type === "A") return Buffer.from(record.address.split(".").map(Number));
  // Written out in full, in these tests.
  if (record.type === "AAAA") return Buffer.from(record.address.replaceAll(":", ""), "hex");
  if (record.type === "TXT") return Buffer.concat(record.pieces.map(encodeString));
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(record.priority, 0);
  numbers.writeUInt16BE(record.weight, 2);
  numbers.writeUInt16BE(record.port, 4);
  return Buffer.concat([numbers, ...record.target.split(".").map(encodeString), Buffer.of(0)]);
}

function encodeString(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
}
