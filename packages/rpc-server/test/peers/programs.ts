import { existsSync } from "node:fs";
import { join } from "node:path";
import { goProgram } from "@privet/testkit";
import type { Requirement } from "@privet/testkit";

// The programs that stand on the other side, and where they come from.

const top = join(import.meta.dirname, "../../../..");

export const go: Requirement = {
  name: "Go",
  probe: { command: "go", args: ["version"] },
  hint: "install it from https://go.dev/dl/",
};

/** Builds grpcurl at its first use. */
export function grpcurl(): string {
  return goProgram({
    command: "github.com/fullstorydev/grpcurl/cmd/grpcurl",
    module: join(import.meta.dirname, "grpcurl"),
    cache: join(top, "node_modules/.cache/privet"),
  });
}

const venv = join(top, "examples/python/.venv/bin/python");

export const python: string = process.env["PRIVET_PYTHON"] ?? (existsSync(venv) ? venv : "python3");

export const pythonClients: Requirement = {
  name: "Python with grpcio's clients of health and reflection",
  probe: { command: python, args: ["-c", "import grpc_health.v1, grpc_reflection.v1alpha"] },
  hint: "pip install grpcio-health-checking grpcio-reflection, and name that Python in PRIVET_PYTHON",
};

export const curl: Requirement = {
  name: "curl with HTTP/2",
  probe: { command: "sh", args: ["-c", "curl --version | grep -q HTTP2"] },
  hint: "apt-get install curl",
};

export const nghttp: Requirement = {
  name: "nghttp",
  probe: { command: "nghttp", args: ["--version"] },
  hint: "apt-get install nghttp2-client",
};

export const nginx: Requirement = {
  name: "nginx with HTTP/2",
  probe: { command: "sh", args: ["-c", "nginx -V 2>&1 | grep -q with-http_v2_module"] },
  hint: "apt-get install nginx-light",
};

export const haproxy: Requirement = {
  name: "HAProxy",
  probe: { command: "haproxy", args: ["-v"] },
  hint: "apt-get install haproxy",
};
