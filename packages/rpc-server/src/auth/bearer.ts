import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import type { RequestGate } from "../router/route.ts";
import { identityKey } from "./identity.ts";
import type { Identity } from "./identity.ts";

/**
 * Whose a token is.
 *
 * @returns undefined for a token that isn't valid: the caller gets UNAUTHENTICATED
 * @throws ConnectError that the caller gets instead, such as UNAVAILABLE where it can't be found out
 */
export type VerifyToken = (
  token: string,
  context: HandlerContext,
) => Identity | undefined | Promise<Identity | undefined>;

export interface BearerOptions {
  readonly verify: VerifyToken;
}

/** RFC 6750 §2.1: the scheme is compared without regard to case (RFC 9110 §11.1). */
const credentials = /^Bearer +(?<token>[\w.~+/-]+=*) *$/i;

/**
 * A gate for callers with a token in `authorization: Bearer …` (RFC 6750). It
 * runs before a message is read; who has no token, or a wrong one, gets
 * UNAUTHENTICATED.
 */
export function bearerAuth({ verify }: BearerOptions): RequestGate {
  return (context) => {
    const header = context.requestHeader.get("authorization");
    if (header === null) throw unauthenticated("a bearer token is needed");
    const token = credentials.exec(header)?.groups?.["token"];
    if (token === undefined) {
      throw unauthenticated("the authorization header holds no bearer token", "invalid_request");
    }
    const identity = verify(token, context);
    return identity instanceof Promise
      ? identity.then((found) => admit(found, context))
      : admit(identity, context);
  };
}

function admit(identity: Identity | undefined, context: HandlerContext): void {
  if (identity === undefined) throw unauthenticated("the token isn't valid", "invalid_token");
  context.values.set(identityKey, identity);
}

/** With the challenge of RFC 6750 §3: it says what is wrong where there was something at all. */
function unauthenticated(message: string, error?: string): ConnectError {
  const challenge = error === undefined ? "Bearer" : `Bearer error="${error}"`;
  return new ConnectError(message, Code.Unauthenticated, { "www-authenticate": challenge });
}
