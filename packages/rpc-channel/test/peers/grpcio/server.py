"""The greeter on grpcio. Its code is generated for the example in Python."""

import json
import sys
from concurrent import futures
from pathlib import Path

import grpc

sys.path.insert(0, str(Path(__file__).parents[5] / "examples/python"))

from greeter.v1 import greeter_pb2 as pb
from greeter.v1 import greeter_pb2_grpc


class Greeter(greeter_pb2_grpc.GreeterServiceServicer):
    def SayHello(self, request, context):
        if not request.name:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "кто?")
        return pb.SayHelloResponse(greeting=f"hello {request.name}")

    def SayHelloInLanguages(self, request, context):
        for tag in request.language_tags:
            yield pb.SayHelloInLanguagesResponse(
                greeting=f"hello {request.name}", language_tag=tag
            )

    def SayHelloToAll(self, requests, context):
        names = ", ".join(request.name for request in requests)
        return pb.SayHelloToAllResponse(greeting=f"hello {names}")

    def SayHelloToEach(self, requests, context):
        for request in requests:
            yield pb.SayHelloToEachResponse(greeting=f"hello {request.name}")


identity = json.load(sys.stdin)
credentials = grpc.ssl_server_credentials(
    [(identity["key"].encode(), identity["cert"].encode())]
)
server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
greeter_pb2_grpc.add_GreeterServiceServicer_to_server(Greeter(), server)
plain = server.add_insecure_port("127.0.0.1:0")
tls = server.add_secure_port("127.0.0.1:0", credentials)
server.start()
print(f"plain={plain} tls={tls}", flush=True)
server.wait_for_termination()
