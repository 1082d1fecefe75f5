import type { FileRegistry } from "@bufbuild/protobuf";
import { buildDescriptors, readDescriptors } from "../tools/descriptors.ts";
import { javaInterop } from "../tools/java-tools.ts";

let registry: FileRegistry | undefined;

/** Those of grpc.testing, which come with grpc-java's programs. */
export function interopDescriptors(): FileRegistry {
  return (registry ??= readDescriptors(buildDescriptors("grpc-interop", javaInterop().protos)));
}
