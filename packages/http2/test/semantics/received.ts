import { Field, kindOf } from "../../src/hpack/field.ts";
import type { HeaderList } from "../../src/hpack/field.ts";
import { ReceivedHeaders } from "../../src/semantics/headers.ts";
import type { HeaderLimits } from "../../src/semantics/headers.ts";

export const limits: HeaderLimits = {
  maxHeaderListSize: 16_384,
  maxHeaderFields: 128,
  headerAbuseFactor: 4,
};

/** `list` as a decoder hands it on. */
export function received(list: HeaderList, within: HeaderLimits = limits): ReceivedHeaders {
  const headers = new ReceivedHeaders(within);
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i] as string;
    headers.field(new Field(name, list[i + 1] as string, kindOf(name), false));
  }
  headers.seal();
  return headers;
}
