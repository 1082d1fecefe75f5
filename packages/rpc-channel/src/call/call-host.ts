import type { PickerGate } from "../picker-gate.ts";
import type { BufferQuota } from "../retry/buffer.ts";
import type { RetryBudget } from "../retry/budget.ts";
import type { MethodConfig } from "../service-config/service-config.ts";
import type { Timers } from "../timers.ts";

/** What calls need of their channel. */
export interface CallHost {
  readonly gate: PickerGate;
  readonly timers: Timers;
  /** As the user wrote it. */
  readonly target: string;
  /** Where neither the call nor the service config says it. */
  readonly waitForReady: boolean;
  readonly budget: RetryBudget | undefined;
  readonly quota: BufferQuota;
  /** Of one call's request, in octets. */
  readonly retryBufferBytes: number;
  /** Attempts of one call, whatever its policy says. */
  readonly maxAttempts: number;
  random(): number;
  /** What the service config says of a method, as it is now. */
  configOf(path: string): MethodConfig;
  /** A call begins: its channel must not be idle. */
  callStarted(): void;
  /** It is over. */
  callEnded(): void;
}
