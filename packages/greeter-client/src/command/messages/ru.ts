import type { FieldViolation, Trail, UnavailableReason, Waiting } from "../failure.ts";
import type { InputProblem } from "../names.ts";
import type { AddressProblem, FileProblem, HeaderProblem } from "../usage-error.ts";
import type { FailureContext, Messages } from "./messages.ts";

const addressProblems: Readonly<Record<AddressProblem, string>> = {
  malformed: "это не адрес",
  "no-host": "нет имени узла, или такого имени не бывает",
  "bad-port": "порт — число от 1 до 65535",
  "srv-port": "порты службы указаны в записях SRV: уберите порт",
  "no-ip": "после ipv4: и ipv6: идут адреса этого вида",
  ipv6: "адрес IPv6 с портом записывают как [::1]:50051",
  "name-server": "сервер имён задают адресом IP, например dns://10.0.0.2/узел:порт",
  socket: "сокет записывают как unix:путь, unix:///полный/путь или unix-abstract:имя",
  url: "в URL есть схема, узел, порт и путь, и ничего больше",
  scheme: "такая схема не известна",
};

const addressForms =
  "укажите узел:порт, dns:///узел:порт, ipv4:1.2.3.4:50051, ipv6:[::1]:50051, unix:путь, http://узел:порт или https://узел:порт";

const fileProblems: Readonly<Record<FileProblem, (reason: string) => string>> = {
  unreadable: (reason) => `файл не прочитать (${reason})`,
  "no-certificate": () => "это не сертификат в PEM",
  "no-key": () => "это не закрытый ключ в PEM",
  "encrypted-key": () => "ключ зашифрован: дайте ключ без пароля",
  "other-key": (cert) => `это ключ не от сертификата «${cert}»`,
};

const headerProblems: Readonly<Record<HeaderProblem, string>> = {
  "no-equals-sign": "заголовок записывают как имя=значение",
  "bad-name": "имя состоит из латинских букв, цифр, «-», «_» и «.»",
  reserved: "это имя протокол оставляет за собой",
  "bad-value": "значение состоит из печатных знаков ASCII; для остального есть имя-bin=BASE64",
  "not-base64": "значение заголовка на -bin записывают в base64",
};

const reasons: Readonly<Record<UnavailableReason, (context: FailureContext) => string>> = {
  refused: ({ target }) =>
    `по адресу ${target} сервер не запущен: запустите его командой «npx -y pnpm@12 server» или укажите другой адрес в --address`,
  "unknown-host": ({ target }) =>
    `имя узла в адресе ${target} не найдено: проверьте --address и сеть`,
  unreachable: ({ target }) =>
    `до адреса ${target} не достучаться: проверьте --address, сеть и межсетевой экран`,
  "not-grpc": ({ target, tls }) =>
    tls
      ? `по адресу ${target} отвечает не сервер gRPC с TLS, или он рвёт связь из-за сертификата клиента: проверьте --address, --cert и --key или уберите TLS`
      : `по адресу ${target} отвечает не сервер gRPC без TLS: проверьте адрес и порт в --address или добавьте --tls`,
  untrusted: ({ target }) =>
    `сертификату ${target} нет доверия: укажите удостоверяющий центр сервера в --ca`,
  expired: ({ target }) =>
    `сертификат ${target} сейчас не действует: его нужно обновить, или часы здесь идут неверно`,
  "other-name": ({ target }) =>
    `сертификат ${target} выдан на другое имя: проверьте --address или укажите имя из него в --server-name`,
  "client-certificate": ({ target }) =>
    `${target} не принимает сертификат клиента, или его нет: укажите подходящий в --cert и --key`,
  "going-away": ({ target }) => `сервер ${target} останавливается: повторите`,
  broken: ({ target }) =>
    `связь с ${target} оборвалась до конца вызова: проверьте, работает ли сервер, и повторите`,
};

const waitings: Readonly<Record<Waiting, string>> = {
  name: "он искал адрес узла",
  connection: "он ждал соединения",
  stream: "он ждал очереди на сервере",
  response: "он ждал ответа",
  rest: "он получал ответ",
  retry: "он ждал новой попытки",
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
      value: "адрес",
      text: "где слушают серверы: узел:порт, dns:///узел:порт, ipv4:1.2.3.4:50051,1.2.3.5:50051, ipv6:[::1]:50051, unix:путь, http://узел:порт или https://узел:порт (PRIVET_ADDRESS; по умолчанию localhost:50051)",
    },
    tls: { text: "вызывать по TLS; то же делает https:// (PRIVET_TLS=on)" },
    ca: {
      value: "файл",
      text: "с TLS: удостоверяющие центры, которым доверять, в PEM (PRIVET_CA; по умолчанию те, что знает Node)",
    },
    cert: { value: "файл", text: "с TLS: свой сертификат клиента, в PEM (PRIVET_CERT)" },
    key: { value: "файл", text: "с --cert: его закрытый ключ, в PEM (PRIVET_KEY)" },
    "server-name": {
      value: "имя",
      text: "с TLS: имя, которое сервер должен подтвердить (PRIVET_SERVER_NAME; по умолчанию узел из --address)",
    },
    token: {
      value: "токен",
      text: "послать токен bearer; в командной строке его видят другие пользователи машины (PRIVET_TOKEN)",
    },
    "token-file": { value: "файл", text: "файл с токеном (PRIVET_TOKEN_FILE)" },
    "plaintext-token": {
      text: "посылать токен и без TLS, где его прочтёт любой по пути (PRIVET_PLAINTEXT_TOKEN=on)",
    },
    balancer: {
      value: "имя",
      text: "как делить вызовы между серверами: pick_first, round_robin или least_request (PRIVET_BALANCER; по умолчанию pick_first)",
    },
    retry: {
      value: "попытки",
      text: "сколько раз пробовать, от 1 до 100, пока сервер недоступен (PRIVET_RETRY; по умолчанию 1)",
    },
    timeout: {
      value: "время",
      text: "сколько может длиться весь вызов: 500ms, 5s, 1m или секунды (по умолчанию 5s; с --each без ограничения)",
    },
    header: {
      value: "имя=значение",
      text: "послать заголовок, можно повторять; значение имени на -bin записывают в base64",
    },
    watch: { text: "печатать состояния соединения в стандартный поток ошибок, каждое со временем" },
    json: { text: "печатать в каждой строке объект JSON, ошибки и состояния тоже" },
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
  privet --address https://greeter.example --ca ca.pem --token-file token
  privet --address dns:///greeter:50051 --balancer round_robin --retry 3 --watch

Коды завершения:
  0    всё хорошо
  1    другая ошибка
  2    ошибка в командной строке или во вводе
  3    сервер не принимает имя, язык или заголовок
  4    сервер недоступен
  5    время вышло
  6    сервер не пускает того, кто вызывает
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
      `${source} «${value}»: ${addressProblems[problem]}; ${addressForms}`,
    "bad-switch": ({ source, value }) => `${source} «${value}»: бывает on или off`,
    "tls-with-http": ({ source, value }) =>
      `${source} и адрес «${value}» вместе не бывают: http:// — без TLS, https:// — с ним`,
    "needs-tls": ({ source }) => `${source} — для TLS: добавьте --tls или адрес с https://`,
    "lone-file": ({ source, missing }) =>
      `к ${source} нужен и ${missing}: сертификат и его ключ ходят вместе`,
    "bad-file": ({ source, value, problem, reason }) =>
      `${source} «${value}»: ${fileProblems[problem](reason)}`,
    "bad-server-name": ({ source, value }) => `${source} «${value}»: это не имя узла`,
    "bad-token": ({ source }) =>
      `${source}: токен состоит из латинских букв, цифр и «-._~+/», в конце могут стоять «=»`,
    "plaintext-token": ({ source }) =>
      `${source}: без TLS токен прочтёт любой по пути; добавьте --tls или, чтобы всё же послать его, --plaintext-token`,
    "bad-retry": ({ source, value }) => `${source} «${value}»: укажите число попыток от 1 до 100`,
    "bad-balancer": ({ source, value, known }) =>
      `${source} «${value}»: укажите одно из ${known.join(", ")}`,
    "bad-timeout": ({ value }) =>
      `--timeout «${value}»: укажите время от 1ms до 27 часов, например 500ms, 5s, 1m или 5`,
    "bad-header": ({ value, problem }) => `--header «${value}»: ${headerProblems[problem]}`,
  },
  failures: {
    input: ({ problem }) => (inputProblems[problem.kind] as (p: InputProblem) => string)(problem),
    "invalid-argument": ({ fields, text }) =>
      `сервер не принимает запрос: ${fieldsText(fields) || text}`,
    "no-connection": ({ reason, trail }, context) =>
      reasons[reason](context) + trailText(trail, context),
    unavailable: ({ text, trail }, context) =>
      `сервер ${context.target} недоступен: ${text || "причину он не назвал"}; повторите позже${trailText(trail, context)}`,
    deadline: ({ waiting, trail }, context) => {
      const { target, timeoutMs } = context;
      if (timeoutMs === undefined) {
        return `сервер ${target} сообщает, что время вызова вышло: повторите`;
      }
      const meanwhile = waiting === undefined ? "" : `, ${waitings[waiting]}`;
      return `вызов ${target} не уложился в ${duration(timeoutMs)}${meanwhile}: дайте больше времени в --timeout или проверьте сервер${trailText(trail, context)}`;
    },
    interrupted: () => "отменено",
    cancelled: ({ text }, { target }) =>
      `сервер ${target} отменил вызов: ${text || "причину он не назвал"}`,
    unauthenticated: ({ text }, { target }) =>
      `сервер ${target} хочет знать, кто вызывает: ${text || "причину он не назвал"}; укажите токен в --token-file или сертификат в --cert и --key`,
    "permission-denied": ({ text }, { target }) =>
      `сервер ${target} знает, кто вызывает, и не разрешает: ${text || "причину он не назвал"}`,
    unimplemented: ({ text }, { target }) =>
      `сервер ${target} не знает этого вызова: ${text}; проверьте --address и версию сервера`,
    rpc: ({ code, text }, { target }) =>
      `сервер ${target} ответил ошибкой ${code}: ${text || "причину он не назвал"}`,
    unexpected: ({ text }) => `непредвиденная ошибка: ${text}`,
  },
  seeHelp: "см. privet --help",
};

function fieldsText(fields: readonly FieldViolation[]): string {
  return fields.map(({ field, description }) => `поле ${field}: ${description}`).join("; ");
}

/** What the target does not say already: " (127.0.0.1:50051, попыток: 3)". */
function trailText({ address, attempts, last }: Trail, { target }: FailureContext): string {
  const parts = [
    ...(address === undefined || address === target ? [] : [address]),
    ...(attempts > 1 ? [`попыток: ${attempts}`] : []),
    ...(last === undefined ? [] : [`последняя ошибка: ${last}`]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function duration(ms: number): string {
  const [value, unit] = ms < 1000 ? [ms, "millisecond"] : [ms / 1000, "second"];
  return new Intl.NumberFormat("ru", { style: "unit", unit, unitDisplay: "short" }).format(value);
}
