import { readFileSync, writeFileSync } from "node:fs";
import { drawFigures } from "./balancing/figures.ts";
import { measure } from "./balancing/measure.ts";
import { drawFailover, drawShares } from "./balancing/pictures.ts";
import { files, readRecording, writeRecording } from "./balancing/recording.ts";

// Measures how the balancers share calls, and a failover, and draws what
// docs/load-balancing.md shows of it. With `draw`: of the last run, without another.
// node -C @privet/source scripts/balancing.ts [draw]

if (process.argv[2] !== "draw") writeRecording(await measure());
const recording = readRecording();
writeFileSync(files.shares, drawShares(recording.shares));
writeFileSync(files.failover, drawFailover(recording.failover));
writeFileSync(files.document, drawFigures(readFileSync(files.document, "utf8"), recording));
