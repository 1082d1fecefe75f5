import { cors as connectCors } from "@connectrpc/connect";

/** Which web pages of other origins may call: Cross-Origin Resource Sharing, Fetch Standard §3.2. */
export interface CorsOptions {
  /**
   * Origins such as `https://app.example`; `*` for every page there is; or a
   * function that decides.
   */
  readonly origins: readonly string[] | "*" | ((origin: string) => boolean);
  /** Request headers that pages may set, besides those of the protocols: `authorization`, `x-request-id` … */
  readonly allowedHeaders?: readonly string[];
  /**
   * Response headers that pages may read, besides those of the protocols.
   * Trailers of unary calls come as `trailer-…`.
   */
  readonly exposedHeaders?: readonly string[];
  /** May pages send cookies and TLS client certificates? Default false. */
  readonly credentials?: boolean;
  /** For how long a browser may remember the answer to a preflight, in seconds. Default 7,200, the most that Chrome takes. */
  readonly maxAgeSeconds?: number;
}

/** What CORS asks of a request: its method, and its headers by their names in lower case. */
export interface CorsRequest {
  readonly method: string;
  header(name: string): string | undefined;
}

/** Decides what a browser is told. Fields are flat lists: name, value, name, value … */
export class Cors {
  readonly #allows: (origin: string) => boolean;
  readonly #everyOrigin: boolean;
  readonly #allowed: string;
  readonly #exposed: string;
  readonly #credentials: boolean;
  readonly #maxAge: string;

  /** @throws TypeError where every page could act with its visitors' credentials */
  constructor(options: CorsOptions) {
    const { origins, credentials = false, maxAgeSeconds = 7200 } = options;
    if (origins === "*" && credentials) {
      throw new TypeError(
        'cors: credentials need a list of origins, for "*" is every page there is',
      );
    }
    this.#allows = allowing(origins);
    this.#everyOrigin = origins === "*";
    this.#allowed = join(connectCors.allowedHeaders, options.allowedHeaders);
    this.#exposed = join(connectCors.exposedHeaders, options.exposedHeaders);
    this.#credentials = credentials;
    this.#maxAge = String(maxAgeSeconds);
  }

  /** The fields of the answer to a preflight (status 204, no body); undefined where the request is none. */
  preflight(request: CorsRequest): string[] | undefined {
    if (request.method !== "OPTIONS") return undefined;
    const origin = request.header("origin");
    if (origin === undefined || request.header("access-control-request-method") === undefined) {
      return undefined;
    }
    const fields = this.#origin(origin);
    if (!this.#allows(origin)) return fields;
    fields.push("access-control-allow-methods", connectCors.allowedMethods.join(", "));
    fields.push("access-control-allow-headers", this.#allowed);
    fields.push("access-control-max-age", this.#maxAge);
    return fields;
  }

  /** The fields that the response to any other request gets. */
  response(request: CorsRequest): string[] {
    const origin = request.header("origin");
    if (origin === undefined) return this.#everyOrigin ? [] : ["vary", "origin"];
    const fields = this.#origin(origin);
    if (this.#allows(origin)) fields.push("access-control-expose-headers", this.#exposed);
    return fields;
  }

  #origin(origin: string): string[] {
    if (this.#everyOrigin) return ["access-control-allow-origin", "*"];
    // What a cache keeps for one origin is not the answer to another (Fetch Standard §3.2.5).
    const fields = ["vary", "origin"];
    if (!this.#allows(origin)) return fields;
    fields.push("access-control-allow-origin", origin);
    if (this.#credentials) fields.push("access-control-allow-credentials", "true");
    return fields;
  }
}

function allowing(origins: CorsOptions["origins"]): (origin: string) => boolean {
  if (origins === "*") return () => true;
  if (typeof origins === "function") return origins;
  const allowed = new Set(origins);
  return (origin) => allowed.has(origin);
}

function join(ours: readonly string[], theirs: readonly string[] = []): string {
  return [...ours, ...theirs].join(", ");
}
