import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./cache.ts";

/** The interoperability programs of grpc-java, fetched from Maven Central at their first use. */
export interface JavaInterop {
  /** For `java -classpath`. */
  readonly classpath: string;
  /** The folder that the imports of `grpc/testing/*.proto` start from. */
  readonly protos: string;
  /** The folder of gRPC's certificates for tests: `ca.pem`, `server1.pem`, `server1.key`. */
  readonly certificates: string;
}

const pom = join(import.meta.dirname, "grpc-java-interop/pom.xml");

/** @throws Error that says what is missing */
export function javaInterop(): JavaInterop {
  const digest = createHash("sha256").update(readFileSync(pom)).digest("hex").slice(0, 12);
  const folder = join(cache, `grpc-java-interop-${digest}`);
  if (!existsSync(folder)) fetch(folder);
  return {
    classpath: join(folder, "jars/*"),
    protos: join(folder, "unpacked"),
    certificates: join(folder, "unpacked/certs"),
  };
}

/** Fetches beside `folder` and moves it there when all is whole. */
function fetch(folder: string): void {
  const fresh = `${folder}.fresh`;
  rmSync(fresh, { recursive: true, force: true });
  const { status, error, stdout } = spawnSync(
    "mvn",
    ["--batch-mode", "--quiet", "--file", pom, `-Doutput=${fresh}`, "package"],
    { encoding: "utf8" },
  );
  if (error !== undefined) {
    throw new Error("grpc-java's programs are fetched with Maven: apt-get install maven", {
      cause: error,
    });
  }
  if (status !== 0) {
    throw new Error(
      `Maven could not fetch grpc-java's programs: is its repository in reach?\n${stdout}`,
    );
  }
  renameSync(fresh, folder);
}
