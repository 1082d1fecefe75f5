import { runSuite } from "@privet/testkit";
import { suites } from "./suites.ts";

process.exitCode = await runSuite("bench", suites, process.argv.slice(2));
