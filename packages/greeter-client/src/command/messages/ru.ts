import type { AddressProblem } from "../../address.ts";
import type { FieldViolation, UnavailableReason } from "../failure.ts";
import type { InputProblem } from "../names.ts";
import type { HeaderProblem } from "../usage-error.ts";
import type { Messages } from "./messages.ts";

const addressProblems: Readonly<Record<AddressProblem, string>> = {
  malformed: "это не адрес",
  "no-port": "не указан порт",
  "bad-port": "порт — число от 1 до 65535",
  tls: "TLS не поддерживается",
  "more-than-host": "в адресе не бывает пути",
};

const headerProblems: Readonly<Record<HeaderProblem, string>> = {
  "no-equals-sign": "заголовок записывают как имя=значение",
  "bad-name": "имя состоит из латинских букв, цифр, «-», «_» и «.»",
  reserved: "это имя протокол оставляет за собой",
  "bad-value": "значение состоит из печатных знаков ASCII; для остального есть имя-bin=BASE64",
  "not-base64": "значение заголовка на -bin записывают в base64",
};

const reasons: Readonly<Record<UnavailableReason, (authority: string) => string>> = {
  refused: (authority) =>
    `по адресу ${authority} сервер не запущен: запустите его командой «npx -y pnpm@12 server» или укажите другой адрес в --address`,
  "unknown-host": (authority) =>
    `имя узла в адресе ${authority} не найдено: проверьте --address и сеть`,
  unreachable: (authority) =>
    `до адреса ${authority} не достучаться: проверьте --address, сеть и межсетевой экран`,
  "not-grpc": (authority) =>
    `по адресу ${authority} отвечает не сервер gRPC без TLS: проверьте адрес и порт в --address`,
  broken: (authority) =>
    `связь с ${authority} оборвалась до конца вызова: проверьте, работает ли сервер, и повторите`,
};

const inputProblems = {
  unreadable: ({ reason }: { reason: string }) => `не прочитать стандартный ввод: ${reason}`,
  "not-utf8": ({ line }: { line: number }) =>
    `строка ${line} стандартного ввода не в UTF-8: подайте имена в UTF-8`,
  "line-too-long": ({ line }: { line: number }) =>
    `строка ${line} стандартного ввода длиннее 64 КиБ: пишите по одному имени в строке`,
};

export const ru: Messages = {
  description: "Приветствует людей по имени через сервер приветствий.",
  usage: "[параметры] [имя...]",
  names: { term: "имя", text: "кого приветствовать; по умолчанию «Мир»" },
  titles: { "Usage:": "Использование:", "Arguments:": "Аргументы:", "Options:": "Параметры:" },
  options: {
    languages: {
      value: "теги",
      text: "приветствовать на каждом из этих языков, например ru,en,ja",
    },
    all: { text: "приветствовать всех одним приветствием" },
    each: {
      text: "читать имена со стандартного ввода, по одному в строке, и приветствовать каждое сразу",
    },
    address: {
      value: "узел:порт",
      text: "адрес сервера: узел:порт, [::1]:50051 или http://узел:порт (по умолчанию PRIVET_ADDRESS, иначе localhost:50051)",
    },
    timeout: {
      value: "время",
      text: "сколько может длиться весь вызов: 500ms, 5s, 1m или секунды (по умолчанию 5s; с --each без ограничения)",
    },
    header: {
      value: "имя=значение",
      text: "послать заголовок, можно повторять; значение имени на -bin записывают в base64",
    },
    json: { text: "печатать в каждой строке объект JSON, ошибки тоже" },
    help: { text: "напечатать эту справку" },
    version: { text: "напечатать версию" },
  },
  epilogue: `
Примеры:
  privet
  privet Анна
  privet --languages ru,en,ja Анна
  privet --all Анна Борис
  privet --each < имена.txt

Коды завершения:
  0    всё хорошо
  1    другая ошибка
  2    ошибка в командной строке или во вводе
  3    сервер не принимает имя, язык или заголовок
  4    сервер недоступен
  5    время вышло
  130  вызов отменён (Ctrl-C)`,
  faults: {
    "unknown-option": ({ option, similar }) =>
      `нет параметра ${option}${similar.length > 0 ? `; может быть, ${similar.join(", ")}?` : ""}`,
    "missing-value": ({ option }) => `параметру ${option} нужно значение`,
    conflict: ({ options: [one, other] }) => `${one} и ${other} вместе не бывают`,
    "several-names": () =>
      "для нескольких имён есть --all (одно приветствие всем) и --each (имена со стандартного ввода)",
    "no-names": () => "для --all нужны имена, например: privet --all Анна Борис",
    "names-with-each": () => "--each читает имена со стандартного ввода, а не из командной строки",
    "empty-language": ({ value }) =>
      `--languages «${value}»: пропущен тег; перечислите их так: ru,en,ja`,
    "bad-address": ({ source, value, problem }) =>
      `${source} «${value}»: ${addressProblems[problem]}; укажите узел:порт, [::1]:50051 или http://узел:порт`,
    "bad-timeout": ({ value }) =>
      `--timeout «${value}»: укажите время от 1ms до 27 часов, например 500ms, 5s, 1m или 5`,
    "bad-header": ({ value, problem }) => `--header «${value}»: ${headerProblems[problem]}`,
  },
  failures: {
    input: ({ problem }) => (inputProblems[problem.kind] as (p: InputProblem) => string)(problem),
    "invalid-argument": ({ fields, text }) =>
      `сервер не принимает запрос: ${fieldsText(fields) || text}`,
    "no-connection": ({ reason }, { authority }) => reasons[reason](authority),
    unavailable: ({ text }, { authority }) =>
      `сервер ${authority} недоступен: ${text || "причину он не назвал"}; повторите позже`,
    deadline: (_, { authority, timeoutMs }) =>
      timeoutMs === undefined
        ? `сервер ${authority} сообщает, что время вызова вышло: повторите`
        : `вызов ${authority} не уложился в ${duration(timeoutMs)}: дайте больше времени в --timeout или проверьте сервер`,
    interrupted: () => "отменено",
    cancelled: ({ text }, { authority }) =>
      `сервер ${authority} отменил вызов: ${text || "причину он не назвал"}`,
    unimplemented: ({ text }, { authority }) =>
      `сервер ${authority} не знает этого вызова: ${text}; проверьте --address и версию сервера`,
    rpc: ({ code, text }, { authority }) =>
      `сервер ${authority} ответил ошибкой ${code}: ${text || "причину он не назвал"}`,
    unexpected: ({ text }) => `непредвиденная ошибка: ${text}`,
  },
  seeHelp: "см. privet --help",
};

function fieldsText(fields: readonly FieldViolation[]): string {
  return fields.map(({ field, description }) => `поле ${field}: ${description}`).join("; ");
}

function duration(ms: number): string {
  const [value, unit] = ms < 1000 ? [ms, "millisecond"] : [ms / 1000, "second"];
  return new Intl.NumberFormat("ru", { style: "unit", unit, unitDisplay: "short" }).format(value);
}
