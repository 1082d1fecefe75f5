import { existsSync } from "node:fs";
import { join } from "node:path";
import { start } from "@privet/testkit";
import type { Program, Requirement } from "@privet/testkit";

// The programs that stand on the other side, and where they come from.

export const curl: Requirement = {
  name: "curl with HTTP/2",
  probe: { command: "sh", args: ["-c", "curl --version | grep -q HTTP2"] },
  hint: "apt-get install curl",
};

export const nghttp: Requirement = program("nghttp", "nghttp2-client");
export const h2load: Requirement = program("h2load", "nghttp2-client");
export const nghttpd: Requirement = program("nghttpd", "nghttp2-server");

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

/** Where the workspace's own environment for Python would be. */
const venv = join(import.meta.dirname, "../../../../../examples/python/.venv/bin/python");

export const python: string = process.env["PRIVET_PYTHON"] ?? (existsSync(venv) ? venv : "python3");

export const pythonH2: Requirement = {
  name: "Python with h2",
  probe: { command: python, args: ["-c", "import h2"] },
  hint: "pip install h2, and name that Python in PRIVET_PYTHON",
};

function program(name: string, debianPackage: string): Requirement {
  return {
    name,
    probe: { command: name, args: ["--version"] },
    hint: `apt-get install ${debianPackage}`,
  };
}

/** Runs `command` to its end with its standard output in `file`, octet by octet. */
export function startInto(file: string, command: string, args: readonly string[]): Program {
  return start("sh", ["-c", 'exec "$@" > "$OUT"', "sh", command, ...args], { env: { OUT: file } });
}
