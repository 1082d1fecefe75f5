#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Most of the time until a greeting goes into compiling what doesn't change.
enableCompileCache();
const { run } = await import("./command/run.ts");

const interrupted = new AbortController();
// Once: a second Ctrl-C ends the process at once.
process.once("SIGINT", () => interrupted.abort());

process.exitCode = await run(process, interrupted.signal);

// Reading names that nobody will greet, or a name look-up that nobody waits
// for, would keep the process.
process.stdin.destroy();
setTimeout(() => process.exit(), 500).unref();
