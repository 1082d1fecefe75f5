import { Code, ConnectError } from "@connectrpc/connect";
import { appendHeaders } from "@privet/grpc-wire";
import type { CallCredentials, CredentialsContext } from "../credentials/call-credentials.ts";

/**
 * The fields that credentials add to a request, where they know them at once;
 * else a promise of them, which rejects with a ConnectError.
 */
export function credentialsFields(
  credentials: readonly CallCredentials[],
  context: CredentialsContext,
): string[] | Promise<string[]> {
  const metadata = credentials.map((each) => metadataOf(each, context));
  if (metadata.some((each) => each instanceof Promise)) {
    return Promise.all(metadata.map((each) => Promise.resolve(each))).then(
      fieldsOf,
      (error: unknown) => {
        throw failure(error);
      },
    );
  }
  return fieldsOf(metadata as HeadersInit[]);
}

function metadataOf(
  credentials: CallCredentials,
  context: CredentialsContext,
): HeadersInit | Promise<HeadersInit> {
  try {
    return credentials.metadata(context);
  } catch (error) {
    return Promise.reject(failure(error));
  }
}

function fieldsOf(metadata: readonly HeadersInit[]): string[] {
  const fields: string[] = [];
  for (const each of metadata) appendHeaders(fields, new Headers(each));
  return fields;
}

function failure(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ConnectError(
    `no call credentials: ${message}`,
    Code.Unauthenticated,
    undefined,
    undefined,
    error,
  );
}
