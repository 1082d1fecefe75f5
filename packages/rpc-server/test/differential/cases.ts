import { toBinary, create, toJsonString } from "@bufbuild/protobuf";
import { SayHelloInLanguagesRequestSchema } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { compressedFlag, prefixMessage } from "@privet/grpc-wire";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { actions } from "./implementation.ts";
import type { Random } from "./random.ts";

/** One request, as it goes to both servers. */
export interface Case {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Without pseudo-headers. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array;
  /** Where the body is cut into frames. */
  readonly cuts: readonly number[];
  /** What of it is out of the ordinary; for messages of failures, and for the table of differences. */
  readonly traits: ReadonlySet<string>;
}

const service = "/greeter.v1.GreeterService/";
const methods = ["SayHello", "SayHelloInLanguages", "SayHelloToAll", "SayHelloToEach"] as const;

const grpcTypes = ["application/grpc", "application/grpc+proto"] as const;
const jsonTypes = ["application/grpc+json", "application/grpc+json; charset=utf-8"] as const;
const webTypes = ["application/grpc-web+proto", "application/grpc-web"] as const;
const wrongTypes = [
  "application/grpc;charset=utf-8",
  "application/grpc+foo",
  "application/grpc-web-text",
  "Application/GRPC",
  "text/plain",
  "application/x-protobuf",
  "",
] as const;

const timeouts = ["1H", "10S", "30000m", "59999999u"] as const;
const wrongTimeouts = ["", "1", "m", "-1m", "1.5S", "123456789m", "10x", "61S", "2H "] as const;

export function generate(random: Random, number: number): Case {
  return new Generator(random).generate(number);
}

class Generator {
  readonly #random: Random;
  readonly #traits = new Set<string>();
  readonly #headers: Record<string, string | string[]> = {};
  #json = false;
  #encoding: string | undefined = undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  generate(number: number): Case {
    const random = this.#random;
    const id = String(number);
    const method = random.pick(methods);
    const contentType = this.#contentType();
    if (contentType !== "") this.#headers["content-type"] = contentType;
    if (random.chance(0.9)) this.#headers["te"] = "trailers";
    this.#headers["x-case"] = id;
    this.#addScript();
    this.#addMetadata();
    this.#addTimeout();
    this.#addEncodings();
    const body = this.#body(method);
    return {
      id,
      method: this.#verb(),
      path: this.#path(method),
      headers: this.#headers,
      body,
      cuts: this.#cuts(body.length),
      traits: this.#traits,
    };
  }

  #trait<T>(name: string, value: T): T {
    this.#traits.add(name);
    return value;
  }

  #contentType(): string {
    const random = this.#random;
    const roll = random.next();
    if (roll < 0.75) return this.#trait("grpc", random.pick(grpcTypes));
    if (roll < 0.85) {
      this.#json = true;
      return this.#trait("grpc-json", random.pick(jsonTypes));
    }
    if (roll < 0.92) return this.#trait("grpc-web", random.pick(webTypes));
    return this.#trait("wrong-type", random.pick(wrongTypes));
  }

  #verb(): string {
    if (this.#random.chance(0.98)) return "POST";
    return this.#trait("wrong-method", this.#random.pick(["GET", "PUT", "DELETE", "OPTIONS"]));
  }

  #path(method: string): string {
    const roll = this.#random.next();
    if (roll < 0.96) return service + method;
    if (roll < 0.98) return this.#trait("query", `${service}${method}?a=%20b&c`);
    return this.#trait(
      "no-route",
      this.#random.pick(["/", `${service}Nope`, `/x${service}${method}`]),
    );
  }

  #addScript(): void {
    const random = this.#random;
    const count = random.pick([0, 0, 1, 1, 1, 2, 3]);
    const script = Array.from({ length: count }, () => random.pick(actions));
    for (const action of script) this.#traits.add(action);
    this.#headers["x-script"] = script.join(" ");
  }

  #addMetadata(): void {
    const random = this.#random;
    if (random.chance(0.3)) this.#headers["x-plain"] = "a value, with \u00e4 and spaces";
    if (random.chance(0.2)) this.#headers["x-many"] = ["1", "2"];
    if (random.chance(0.2))
      this.#headers["x-some-bin"] = Buffer.from(random.bytes(7)).toString("base64");
    if (random.chance(0.1)) this.#headers["cookie"] = ["a=1", "b=2"];
    if (random.chance(0.3)) this.#headers["user-agent"] = "differential/1.0";
    if (random.chance(0.05)) this.#headers["x-long"] = "x".repeat(3000);
  }

  #addTimeout(): void {
    const random = this.#random;
    const roll = random.next();
    if (roll < 0.2) this.#headers["grpc-timeout"] = random.pick(timeouts);
    else if (roll < 0.25) {
      this.#headers["grpc-timeout"] = this.#trait("wrong-timeout", random.pick(wrongTimeouts));
    }
  }

  #addEncodings(): void {
    const random = this.#random;
    const roll = random.next();
    if (roll < 0.25) this.#encoding = random.pick(["gzip", "br", "identity"]);
    else if (roll < 0.28)
      this.#encoding = this.#trait("unknown-encoding", random.pick(["lz4", "GZIP"]));
    if (this.#encoding !== undefined) {
      this.#headers["grpc-encoding"] = this.#trait("encoding", this.#encoding);
    }
    if (random.chance(0.4)) {
      this.#headers["grpc-accept-encoding"] = this.#trait(
        "accept-encoding",
        random.pick(["gzip", "br,gzip", "identity", "identity, lz4 ,br", ""]),
      );
    }
  }

  #body(method: string): Uint8Array {
    const random = this.#random;
    const single = method === "SayHello" || method === "SayHelloInLanguages";
    const usual = single ? 1 : random.below(6);
    const count = random.chance(0.94) ? usual : this.#trait("odd-count", random.pick([0, 2, 3]));
    const parts = Array.from({ length: count }, () => this.#message());
    const body = Buffer.concat(parts);
    if (body.length === 0 || random.chance(0.96)) return body;
    return this.#trait("cut-short", body.subarray(0, random.below(body.length)));
  }

  #message(): Uint8Array {
    const random = this.#random;
    const message = create(SayHelloInLanguagesRequestSchema, {
      name: random.pick(["", "Anna", "Анна и Борис", "x".repeat(random.below(3000))]),
      languageTags: random.chance(0.8) ? [] : ["ru", "en", "fr"],
    });
    const roll = random.next();
    if (roll < 0.02)
      return this.#trait("too-large", Uint8Array.of(0, random.pick([0, 255]), 255, 255, 255));
    let bytes: Uint8Array = this.#json
      ? Buffer.from(toJsonString(SayHelloInLanguagesRequestSchema, message))
      : toBinary(SayHelloInLanguagesRequestSchema, message);
    if (roll < 0.05) {
      this.#traits.add("unreadable");
      bytes = random.pick([
        Uint8Array.of(0x0a, 0x7f),
        Uint8Array.of(0x0a, 1, 0xff),
        random.bytes(9),
      ]);
    }
    return this.#frame(bytes);
  }

  #frame(bytes: Uint8Array): Uint8Array {
    const random = this.#random;
    if (random.chance(0.02))
      return this.#trait("odd-flags", prefixMessage(bytes, random.pick([2, 4, 0x40])));
    if (random.chance(0.02)) {
      return this.#trait("falsely-compressed", prefixMessage(bytes, compressedFlag));
    }
    if (this.#encoding === "gzip" && random.chance(0.7)) {
      return prefixMessage(gzipSync(bytes), compressedFlag);
    }
    if (this.#encoding === "br" && random.chance(0.7)) {
      return prefixMessage(brotliCompressSync(bytes), compressedFlag);
    }
    return prefixMessage(bytes, 0);
  }

  #cuts(size: number): number[] {
    const random = this.#random;
    if (size === 0 || random.chance(0.6)) return [];
    return Array.from({ length: random.below(4) }, () => random.below(size)).sort((a, b) => a - b);
  }
}
