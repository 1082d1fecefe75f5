import { runSuite } from "@privet/testkit";
import { suites } from "./suites.ts";

process.exitCode = await runSuite("fuzz", suites, process.argv.slice(2));
