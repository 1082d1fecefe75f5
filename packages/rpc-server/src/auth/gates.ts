import type { DescService } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import type { RequestGate } from "../router/route.ts";
import { identityKey } from "./identity.ts";
import type { Identity } from "./identity.ts";

/**
 * A gate for those who are known: it decides who of them may call what. Put it
 * behind one that finds out who they are: `allOf(bearerAuth(…), permit(…))`.
 *
 * @param allows false: the caller gets PERMISSION_DENIED; one who isn't known gets UNAUTHENTICATED
 */
export function permit(
  allows: (identity: Identity, context: HandlerContext) => boolean,
): RequestGate {
  return (context) => {
    const identity = context.values.get(identityKey);
    if (identity === undefined) {
      throw new ConnectError("it isn't known who calls", Code.Unauthenticated);
    }
    if (!allows(identity, context)) {
      const { service, method } = context;
      throw new ConnectError(
        `${identity.name} may not call ${service.typeName}.${method.name}`,
        Code.PermissionDenied,
      );
    }
  };
}

/** One gate after the other: the first that throws ends the call. */
export function allOf(...gates: readonly RequestGate[]): RequestGate {
  return (context) => passAll(gates, 0, context);
}

/**
 * Lets in whom any of `gates` lets in, tried in order. Where none does, a
 * PERMISSION_DENIED tells more than an UNAUTHENTICATED, and else the last counts.
 *
 * @throws TypeError without gates
 */
export function anyOf(...gates: readonly RequestGate[]): RequestGate {
  if (gates.length === 0) throw new TypeError("anyOf() needs a gate");
  return async (context) => {
    let refusal: ConnectError | undefined;
    for (const gate of gates) {
      try {
        await gate(context);
        return;
      } catch (reason) {
        const error = refusalOf(reason);
        if (refusal?.code !== Code.PermissionDenied) refusal = error;
      }
    }
    throw refusal;
  };
}

/** Leaves `services` open to everybody: health for probes, reflection for tools. */
export function except(services: readonly DescService[], gate: RequestGate): RequestGate {
  const names = new Set(services.map((service) => service.typeName));
  return (context) => (names.has(context.service.typeName) ? undefined : gate(context));
}

/** Without a promise as long as no gate has one. */
function passAll(
  gates: readonly RequestGate[],
  from: number,
  context: HandlerContext,
): void | Promise<void> {
  for (let i = from; i < gates.length; i++) {
    const passed = gates[i]?.(context);
    if (passed instanceof Promise) return passed.then(() => passAll(gates, i + 1, context));
  }
}

/** @throws what says nothing about the caller: the gate itself has failed */
function refusalOf(reason: unknown): ConnectError {
  if (
    reason instanceof ConnectError &&
    (reason.code === Code.Unauthenticated || reason.code === Code.PermissionDenied)
  ) {
    return reason;
  }
  throw reason;
}
