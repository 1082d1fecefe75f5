import { Code, ConnectError } from "@connectrpc/connect";

/**
 * The units of `grpc-timeout`, finest first, with their length in milliseconds
 * (gRPC over HTTP/2, "Timeout").
 */
const units = [
  { letter: "n", ms: 1e-6 },
  { letter: "u", ms: 1e-3 },
  { letter: "m", ms: 1 },
  { letter: "S", ms: 1_000 },
  { letter: "M", ms: 60_000 },
  { letter: "H", ms: 3_600_000 },
] as const;

const millisecond = 2;

/** A TimeoutValue has at most 8 digits. */
const maxValue = 99_999_999;

/** What `formatTimeout()` makes of more than it can say: over 11,000 years. */
const longest = `${maxValue}H`;

/**
 * The value of `grpc-timeout` for a deadline `timeoutMs` away: in the finest
 * unit from milliseconds up (microseconds for a fraction) whose value has at
 * most 8 digits. It is rounded up, so that the peer never gives up before us.
 *
 * @param timeoutMs milliseconds, above 0; Infinity is the longest there is
 */
export function formatTimeout(timeoutMs: number): string {
  const finest = Number.isInteger(timeoutMs) ? millisecond : millisecond - 1;
  for (let i = finest; i < units.length; i++) {
    const unit = units[i];
    if (unit === undefined) break;
    // Dividing by 1e-3 is off in the last bit; multiplying by 1000 is not.
    const value = Math.ceil(unit.ms < 1 ? timeoutMs * 1_000 : timeoutMs / unit.ms);
    if (value <= maxValue) return `${value}${unit.letter}`;
  }
  return longest;
}

/**
 * The milliseconds that a `grpc-timeout` header asks for.
 *
 * @returns a ConnectError with INVALID_ARGUMENT for a value that gRPC does not allow
 */
export function parseTimeout(value: string): number | ConnectError {
  const unit = units.find(({ letter }) => letter === value.at(-1));
  const digits = value.slice(0, -1);
  if (unit === undefined || !/^\d{1,8}$/.test(digits)) {
    return new ConnectError(
      `protocol error: invalid grpc timeout value: ${value}`,
      Code.InvalidArgument,
    );
  }
  return Number(digits) * unit.ms;
}
