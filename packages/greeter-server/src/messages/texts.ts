import type { KindName } from "../kind.ts";
import type { SettingName } from "../settings.ts";

/** All that the command says to its user, in one language. */
export interface Texts {
  readonly description: string;
  readonly usage: string;
  readonly usageTitle: string;
  readonly optionsTitle: string;
  /** What stands for the value of a flag. */
  readonly values: Readonly<Record<KindName, string>>;
  /** What each setting is. */
  readonly summaries: Readonly<Record<SettingName, string>>;
  readonly help: string;
  readonly version: string;
  note(environment: string, initial: string | undefined): string;
  badValue(source: string, value: string, right: string): string;
  /** What would be right; `choices` is empty where there are none. */
  readonly right: Readonly<Record<KindName, (choices: string) => string>>;
  needsToo(source: string, other: string): string;
  oneOf(source: string, other: string): string;
  tokenNeedsTls(source: string): string;
  unusable(source: string, reason: string): string;
  unknownOption(option: string): string;
  missingValue(option: string): string;
  readonly excessArguments: string;
  addressInUse(address: string): string;
  cannotListen(address: string, reason: string): string;
}
