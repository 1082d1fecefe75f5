import type { Texts } from "./texts.ts";

export const ru: Texts = {
  description:
    "Обслуживает greeter.v1.GreeterService: gRPC, gRPC-Web и Connect по HTTP/2 и HTTP/1.1.",
  usage: "[параметры]",
  usageTitle: "Использование:",
  optionsTitle: "Параметры:",
  values: {
    address: "хост:порт",
    choice: "слово",
    count: "число",
    file: "файл",
    lifetime: "время",
    period: "время",
    size: "размер",
    time: "время",
    token: "токен",
  },
  summaries: {
    address: "где слушать; порт 0 выберет система",
    engine: "что говорит по HTTP/2: privet или, на случай отката, сам Node",
    "tls-cert": "работать по TLS: цепочка сертификатов в PEM, перечитывается при изменении",
    "tls-key": "ключ к --tls-cert, в PEM",
    "tls-client-ca": "удостоверяющие центры клиентских сертификатов, в PEM",
    "tls-client-auth":
      "нужен ли клиентам сертификат от --tls-client-ca; без этого параметра — required (нужен)",
    token: "токен (bearer), который нужен вызывающим",
    "token-file":
      "токены (bearer) вызывающих, по одному в строке; один токен можно дать в PRIVET_TOKEN. Для health токен не нужен",
    "plaintext-token": "принимать токены и без TLS: когда TLS берёт на себя прокси",
    health: "обслуживать grpc.health.v1.Health",
    reflection: "обслуживать grpc.reflection.v1 и v1alpha, для программ вроде grpcurl",
    "log-level": "наименьший уровень, который пишется в журнал",
    "drain-timeout": "сколько открытые вызовы могут длиться после SIGTERM или SIGINT",
    "max-message-size": "самое большое сообщение запроса",
    "max-calls": "вызовов одновременно; следующий получит RESOURCE_EXHAUSTED",
    "max-connections": "соединений одновременно; следующее закрывается",
    "max-streams": "одновременных вызовов в одном соединении",
    "max-connection-age": "через сколько времени соединение просят открыть заново",
    "max-connection-age-grace": "сколько после этого могут длиться его открытые вызовы",
    "keepalive-time": "после какого молчания соединение проверяется",
    "keepalive-timeout": "какое молчание после проверки закрывает соединение",
    "min-ping-interval": "как часто могут проверять клиенты; чаще — соединение закрывается",
  },
  help: "показать эту справку",
  version: "показать версию",
  note: (environment, initial) =>
    initial === undefined
      ? `(окружение: ${environment})`
      : `(окружение: ${environment}; по умолчанию: ${initial})`,
  badValue: (source, value, right) => `${source} имеет значение «${value}», а нужно ${right}`,
  right: {
    address: () => "хост:порт с портом от 0 до 65535, например [::]:50051 или 127.0.0.1:0",
    choice: (choices) => `одно из: ${choices}`,
    count: () => "целое число от 1 до 1000000",
    file: () => "путь к файлу",
    lifetime: () => "время, например 30m или 2h, от 1s до 24h, или never (никогда)",
    period: () => "время, например 20s или 5m, от 1s до 24h",
    size: () => "размер, например 4MiB, 512KiB или 1000 (байт), меньше 4GiB",
    time: () => "время, например 25s, 500ms или 1m (число без единицы — секунды), не больше 24h",
    token: () => "токен (bearer): только латинские буквы, цифры, -._~+/ и = в конце",
  },
  needsToo: (source, other) => `задано ${source}, но не хватает ${other}`,
  oneOf: (source, other) => `заданы и ${source}, и ${other}, а нужно что-то одно`,
  tokenNeedsTls: (source) =>
    `${source} без TLS дал бы прочесть токен каждому по пути: задайте --tls-cert и --tls-key или, если TLS берёт на себя прокси, --plaintext-token on`,
  unusable: (source, reason) => `${source} не подходит: ${reason}`,
  unknownOption: (option) => `параметра ${option} нет; все перечислены в --help`,
  missingValue: (option) => `параметру ${option} нужно значение`,
  excessArguments: "ожидаются только параметры; все перечислены в --help",
  addressInUse: (address) =>
    `адрес ${address} занят: остановите программу, которая его слушает, или выберите другой --address`,
  cannotListen: (address, reason) => `не удалось слушать ${address}: ${reason}`,
};
