import type { Language } from "./locale.ts";
import type { SettingName } from "./settings.ts";

/** All that the command says to its user. */
export interface Messages {
  readonly description: string;
  readonly usage: string;
  readonly usageTitle: string;
  readonly optionsTitle: string;
  /** What each setting is, and what stands for its value. */
  readonly settings: Readonly<
    Record<SettingName, { readonly value: string; readonly summary: string }>
  >;
  readonly help: string;
  readonly version: string;
  note(environment: string, initial: string): string;
  badValue(source: string, value: string, right: string): string;
  readonly rightAddress: string;
  readonly rightDuration: string;
  rightLogLevel(levels: string): string;
  unknownOption(option: string): string;
  missingValue(option: string): string;
  readonly excessArguments: string;
  addressInUse(address: string): string;
  cannotListen(address: string, reason: string): string;
}

/** The same in each language. */
export const messages: Readonly<Record<Language, Messages>> = {
  en: {
    description: "Serves greeter.v1.GreeterService: gRPC, gRPC-Web and Connect, over HTTP/2.",
    usage: "[options]",
    usageTitle: "Usage:",
    optionsTitle: "Options:",
    settings: {
      address: { value: "host:port", summary: "where to listen; port 0 lets the system choose" },
      "log-level": { value: "level", summary: "the least level that is logged" },
      "drain-timeout": {
        value: "time",
        summary: "how long open calls may go on after SIGTERM or SIGINT",
      },
    },
    help: "shows this help",
    version: "shows the version",
    note: (environment, initial) => `(environment: ${environment}; default: ${initial})`,
    badValue: (source, value, right) => `${source} is «${value}», but must be ${right}`,
    rightAddress: "host:port with a port from 0 to 65535, such as [::]:50051 or 127.0.0.1:0",
    rightDuration: "a time such as 25s, 500ms or 1m (a number alone means seconds), at most 24h",
    rightLogLevel: (levels) => `one of ${levels}`,
    unknownOption: (option) => `there is no option ${option}; --help lists them`,
    missingValue: (option) => `${option} needs a value`,
    excessArguments: "only options are expected; --help lists them",
    addressInUse: (address) =>
      `${address} is in use: stop the program that listens there, or choose another --address`,
    cannotListen: (address, reason) => `cannot listen on ${address}: ${reason}`,
  },
  ru: {
    description: "Обслуживает greeter.v1.GreeterService: gRPC, gRPC-Web и Connect по HTTP/2.",
    usage: "[параметры]",
    usageTitle: "Использование:",
    optionsTitle: "Параметры:",
    settings: {
      address: { value: "хост:порт", summary: "где слушать; порт 0 выберет система" },
      "log-level": { value: "уровень", summary: "наименьший уровень, который пишется в журнал" },
      "drain-timeout": {
        value: "время",
        summary: "сколько открытые вызовы могут длиться после SIGTERM или SIGINT",
      },
    },
    help: "показать эту справку",
    version: "показать версию",
    note: (environment, initial) => `(окружение: ${environment}; по умолчанию: ${initial})`,
    badValue: (source, value, right) => `${source} имеет значение «${value}», а нужно ${right}`,
    rightAddress: "хост:порт с портом от 0 до 65535, например [::]:50051 или 127.0.0.1:0",
    rightDuration: "время, например 25s, 500ms или 1m (число без единицы — секунды), не больше 24h",
    rightLogLevel: (levels) => `одно из: ${levels}`,
    unknownOption: (option) => `параметра ${option} нет; все перечислены в --help`,
    missingValue: (option) => `параметру ${option} нужно значение`,
    excessArguments: "ожидаются только параметры; все перечислены в --help",
    addressInUse: (address) =>
      `адрес ${address} занят: остановите программу, которая его слушает, или выберите другой --address`,
    cannotListen: (address, reason) => `не удалось слушать ${address}: ${reason}`,
  },
};
