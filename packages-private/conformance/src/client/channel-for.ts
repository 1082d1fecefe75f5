import type { FileRegistry } from "@bufbuild/protobuf";
import {
  compressionBrotli,
  compressionDeflate,
  compressionGzip,
  compressionZstd,
} from "@privet/grpc-wire";
import { type Channel, insecureChannel, secureChannel, tlsCredentials } from "@privet/rpc-channel";
import type { ChannelOptions } from "@privet/rpc-channel";
import type { ClientCompatRequest } from "./messages.ts";

// Numbers of connectrpc.conformance.v1's enums.
const http1 = 1;
const protocols = [undefined, "connect", "grpc", "grpc-web"] as const;
const json = 2;
const compressions = [
  undefined,
  undefined,
  compressionGzip,
  compressionBrotli,
  compressionZstd,
  compressionDeflate,
] as const;

/** A channel as a case wants it. */
export function channelFor(request: ClientCompatRequest, registry: FileRegistry): Channel {
  const { host, port, serverTlsCert, clientTlsCreds, messageReceiveLimit } = request;
  const sendCompression = compressions[request.compression];
  const options: ChannelOptions = {
    protocol: protocols[request.protocol] ?? "grpc",
    httpVersion: request.httpVersion === http1 ? "1.1" : "2",
    useBinaryFormat: request.codec !== json,
    useHttpGet: request.useGetHttpMethod,
    jsonOptions: { registry },
    acceptCompression: compressions.filter((each) => each !== undefined),
    // Connect's transport compresses what is larger than that, and the runner wants nothing spared.
    compressMinBytes: -1,
    ...(sendCompression !== undefined && { sendCompression }),
    ...(messageReceiveLimit > 0 && { readMaxBytes: messageReceiveLimit }),
  };
  const place = `${host}:${port}`;
  if (serverTlsCert.length === 0) return insecureChannel(`http://${place}`, options);
  const credentials = tlsCredentials({
    rootCertificates: serverTlsCert,
    ...(clientTlsCreds && {
      privateKey: clientTlsCreds.key,
      certificateChain: clientTlsCreds.cert,
    }),
  });
  return secureChannel(`https://${place}`, credentials, options);
}
