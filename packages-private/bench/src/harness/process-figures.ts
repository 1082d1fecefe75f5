import { readFileSync } from "node:fs";

/** The kernel's USER_HZ: the unit of utime and stime on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * CPU time that a process and all its threads have used, in microseconds,
 * from utime and stime of `/proc/PID/stat` (proc_pid_stat(5)): steps of 10 ms,
 * so windows are at least a second long.
 */
export function cpuMicrosOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command's name is in parentheses and may hold spaces: count from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const utime = Number(fields[11]);
  const stime = Number(fields[12]);
  return ((utime + stime) / TICKS_PER_SECOND) * 1e6;
}

/** Resident memory of a process in bytes, from `/proc/PID/status`. */
export function residentBytesOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  if (match === null) throw new Error(`process ${pid} has no resident memory: has it ended?`);
  return Number(match[1]) * 1024;
}
