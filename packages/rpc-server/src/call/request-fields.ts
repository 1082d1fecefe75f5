import { FieldKind } from "@privet/http2";
import type { ReceivedHeaders } from "@privet/http2";

/** The fields of a request by which it is served. One object reads those of many requests, one after the other. */
export class RequestFields {
  contentType: string | undefined = undefined;
  timeout: string | undefined = undefined;
  encoding: string | undefined = undefined;
  acceptEncoding: string | undefined = undefined;

  read(headers: ReceivedHeaders): void {
    this.contentType = undefined;
    this.timeout = undefined;
    this.encoding = undefined;
    this.acceptEncoding = undefined;
    const { count } = headers;
    for (let i = headers.firstRegular; i < count; i++) {
      switch (headers.kind(i)) {
        case FieldKind.CONTENT_TYPE:
          this.contentType = joined(this.contentType, headers.value(i));
          break;
        case FieldKind.GRPC_TIMEOUT:
          this.timeout = joined(this.timeout, headers.value(i));
          break;
        case FieldKind.GRPC_ENCODING:
          this.encoding = joined(this.encoding, headers.value(i));
          break;
        case FieldKind.GRPC_ACCEPT_ENCODING:
          this.acceptEncoding = joined(this.acceptEncoding, headers.value(i));
          break;
        default:
      }
    }
  }
}

/** Lines of one field are one value, RFC 9110 §5.2. */
function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
