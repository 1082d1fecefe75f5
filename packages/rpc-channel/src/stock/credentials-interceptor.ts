import type { Interceptor } from "@connectrpc/connect";
import { credentialsFields } from "../call/credentials-fields.ts";
import { callCredentials, type CallCredentials } from "../credentials/call-credentials.ts";
import { assertMayCarry } from "../credentials/plaintext.ts";

/** Adds the credentials of the channel and of the call to each request. */
export function credentialsInterceptor(
  ofChannel: readonly CallCredentials[],
  mayCarryCredentials: boolean,
): Interceptor {
  return (next) => async (request) => {
    const own = request.contextValues.get(callCredentials);
    if (own !== undefined) assertMayCarry(mayCarryCredentials);
    const credentials = own === undefined ? ofChannel : [...ofChannel, own];
    if (credentials.length === 0) return next(request);
    const { url, service, method, signal } = request;
    const path = `/${service.typeName}/${method.name}`;
    const serviceUrl = url.slice(0, url.lastIndexOf("/"));
    const fields = await credentialsFields(credentials, { path, serviceUrl, signal });
    for (let i = 0; i < fields.length; i += 2) {
      request.header.append(fields[i] as string, fields[i + 1] as string);
    }
    return next(request);
  };
}
