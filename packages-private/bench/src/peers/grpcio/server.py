"""The bench's service on grpcio, with threads.

Usage: server.py CERTIFICATE KEY
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "server/proto"))
protos, services = grpc.protos_and_services("bench/v1/bench.proto")

# Messages of 1 MiB and their prefix are within no limit's way.
MAX_BYTES = 16 << 20


class Bench(services.BenchServiceServicer):
    def SayHello(self, request, context):
        return protos.SayHelloResponse(greeting=f"Hello, {request.name}!")

    def Echo(self, request, context):
        return request

    def EchoChunk(self, request, context):
        return request

    def Download(self, request, context):
        chunk = protos.Chunk(data=b"a" * request.size)
        for _ in range(request.count):
            yield chunk

    def Upload(self, requests, context):
        return protos.UploadResponse(size=sum(len(chunk.data) for chunk in requests))

    def PingPong(self, requests, context):
        yield from requests


def make_server(**options):
    server = grpc.server(
        ThreadPoolExecutor(max_workers=32),
        options=[("grpc.max_receive_message_length", MAX_BYTES)],
        **options,
    )
    services.add_BenchServiceServicer_to_server(Bench(), server)
    return server


def main():
    certificate, key = (Path(name).read_bytes() for name in sys.argv[1:3])
    server = make_server()
    # It compresses whatever the client accepts: only those get this one who do.
    gzip_server = make_server(compression=grpc.Compression.Gzip)
    credentials = grpc.ssl_server_credentials([(key, certificate)])
    ports = {
        "plain": server.add_insecure_port("127.0.0.1:0"),
        "tls": server.add_secure_port("127.0.0.1:0", credentials),
        "gzip": gzip_server.add_insecure_port("127.0.0.1:0"),
    }
    server.start()
    gzip_server.start()
    print(json.dumps(ports), flush=True)
    server.wait_for_termination()


main()
