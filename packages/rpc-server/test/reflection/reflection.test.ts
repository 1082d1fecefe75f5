import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { file_google_protobuf_descriptor, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, createClient, createRouterTransport } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { ServerReflection } from "../../src/gen/grpc/reflection/v1/reflection_pb.ts";
import type {
  ServerReflectionRequestSchema,
  ServerReflectionResponse,
} from "../../src/gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../src/gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { createHealth } from "../../src/health/health.ts";
import { reflection } from "../../src/reflection/reflection.ts";

const transport = createRouterTransport((router) => {
  reflection(router, { files: [file_google_protobuf_descriptor] });
  router.service(GreeterService, {});
  createHealth().routes(router);
});

type Question = MessageInitShape<typeof ServerReflectionRequestSchema>["messageRequest"];

/** The responses to requests on one stream. */
async function ask(
  ...questions: NonNullable<Question>[]
): Promise<ServerReflectionResponse["messageResponse"][]> {
  const client = createClient(ServerReflection, transport);
  async function* requests(): AsyncGenerator<{ messageRequest: NonNullable<Question> }> {
    for (const messageRequest of questions) yield { messageRequest };
  }
  const responses = [];
  for await (const { messageResponse } of client.serverReflectionInfo(requests())) {
    responses.push(messageResponse);
  }
  return responses;
}

function fileNames(response: ServerReflectionResponse["messageResponse"] | undefined): string[] {
  assert.equal(response?.case, "fileDescriptorResponse");
  return response.value.fileDescriptorProto.map(
    (bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name,
  );
}

async function* alphaRequests(): AsyncGenerator<
  MessageInitShape<typeof ServerReflectionAlpha.method.serverReflectionInfo.input>
> {
  yield { host: "here", messageRequest: { case: "listServices" as const, value: "*" } };
  yield {
    messageRequest: {
      case: "fileContainingExtension" as const,
      value: { containingType: "a.B", extensionNumber: 1 },
    },
  };
}

suite("reflection", () => {
  test("lists all services, those that are registered after it too", async () => {
    const [response] = await ask({ case: "listServices", value: "" });
    assert.equal(response?.case, "listServicesResponse");
    assert.deepEqual(
      response.value.service.map(({ name }) => name),
      [
        "greeter.v1.GreeterService",
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
      ],
    );
  });

  for (const symbol of [
    "greeter.v1.GreeterService",
    "greeter.v1.GreeterService.SayHello",
    "greeter.v1.SayHelloRequest",
    "greeter.v1.SayHelloRequest.name",
    ".greeter.v1.SayHelloResponse",
  ]) {
    test(`finds the file of ${symbol}`, async () => {
      const [response] = await ask({ case: "fileContainingSymbol", value: symbol });
      assert.deepEqual(fileNames(response), ["greeter/v1/greeter.proto"]);
    });
  }

  test("finds the file of an enum's value, which is declared beside the enum", async () => {
    const [value, scoped] = await ask(
      {
        case: "fileContainingSymbol",
        value: "grpc.health.v1.HealthCheckResponse.SERVICE_UNKNOWN",
      },
      {
        case: "fileContainingSymbol",
        value: "grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING",
      },
    );
    assert.deepEqual(fileNames(value), ["grpc/health/v1/health.proto"]);
    assert.equal(scoped?.case, "errorResponse");
  });

  test("sends a file once on a stream, but whenever it is asked for itself", async () => {
    const question: Question = { case: "fileByFilename", value: "greeter/v1/greeter.proto" };
    const [first, second] = await ask(question, question);
    assert.deepEqual(fileNames(first), ["greeter/v1/greeter.proto"]);
    assert.deepEqual(fileNames(second), ["greeter/v1/greeter.proto"]);
  });

  test("what isn't there is NOT_FOUND, and the stream goes on", async () => {
    const [missing, found] = await ask(
      { case: "fileByFilename", value: "no/such.proto" },
      { case: "fileByFilename", value: "greeter/v1/greeter.proto" },
    );
    assert.equal(missing?.case, "errorResponse");
    assert.equal(missing.value.errorCode, Code.NotFound);
    assert.match(missing.value.errorMessage, /no\/such\.proto/);
    assert.deepEqual(fileNames(found), ["greeter/v1/greeter.proto"]);
  });

  test("a request that asks for nothing is INVALID_ARGUMENT", async () => {
    const [response] = await ask({ case: undefined });
    assert.equal(response?.case, "errorResponse");
    assert.equal(response.value.errorCode, Code.InvalidArgument);
  });

  test("a message without extensions has none; one that isn't known is NOT_FOUND", async () => {
    const [none, unknown, extension] = await ask(
      { case: "allExtensionNumbersOfType", value: "google.protobuf.FileOptions" },
      { case: "allExtensionNumbersOfType", value: "no.such.Message" },
      {
        case: "fileContainingExtension",
        value: { containingType: "google.protobuf.FileOptions", extensionNumber: 4711 },
      },
    );
    assert.equal(none?.case, "allExtensionNumbersResponse");
    assert.deepEqual(none.value.extensionNumber, []);
    assert.equal(unknown?.case, "errorResponse");
    assert.equal(extension?.case, "errorResponse");
  });

  test("v1alpha answers the same", async () => {
    const client = createClient(ServerReflectionAlpha, transport);
    const cases = [];
    for await (const response of client.serverReflectionInfo(alphaRequests())) {
      cases.push([response.validHost, response.messageResponse.case]);
    }
    assert.deepEqual(cases, [
      ["here", "listServicesResponse"],
      ["", "errorResponse"],
    ]);
  });
});
