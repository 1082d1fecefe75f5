"""A client of the bench's service on grpcio, with asyncio.

Usage: client.py AUTHORITY

It reads windows from standard input, line by line, and answers each with a
line.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import grpc

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "server/proto"))
protos, services = grpc.protos_and_services("bench/v1/bench.proto")

# Messages of 1 MiB and their prefix are within no limit's way.
OPTIONS = [("grpc.max_receive_message_length", 16 << 20)]


class Calls:
    """How each kind of call is made; what is wrong raises."""

    def __init__(self, stub, window):
        self.stub = stub
        self.count = window["count"]
        self.size = window["size"]
        self.chunk = protos.Chunk(data=bytes(self.size))

    async def unary(self):
        response = await self.stub.SayHello(protos.SayHelloRequest(name="Ada"))
        assert response.greeting == "Hello, Ada!", response.greeting
        return 1

    latency = unary

    async def echo(self):
        self.check(await self.stub.EchoChunk(self.chunk))
        return 1

    async def download(self):
        request = protos.DownloadRequest(count=self.count, size=self.size)
        received = 0
        async for chunk in self.stub.Download(request):
            self.check(chunk)
            received += 1
        assert received == self.count, received
        return received

    async def upload(self):
        call = self.stub.Upload()
        for _ in range(self.count):
            await call.write(self.chunk)
        await call.done_writing()
        response = await call
        assert response.size == self.count * self.size, response.size
        return self.count

    async def ping_pong(self):
        call = self.stub.PingPong()
        for _ in range(self.count):
            await call.write(self.chunk)
            self.check(await call.read())
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF
        return self.count

    def check(self, chunk):
        assert len(chunk.data) == self.size, len(chunk.data)


def connect(window, authority):
    target = f"127.0.0.1:{window['port']}"
    if window["tls"]:
        credentials = grpc.ssl_channel_credentials(authority)
        return grpc.aio.secure_channel(target, credentials, OPTIONS)
    return grpc.aio.insecure_channel(target, OPTIONS)


async def run(stub, window):
    call = getattr(Calls(stub, window), window["work"].replace("-", "_"))
    is_timed = window["work"] == "latency"
    micros = []
    started_at = time.perf_counter()
    until = started_at + window["seconds"]

    async def keep_calling():
        amount = 0
        while (began := time.perf_counter()) < until:
            amount += await call()
            if is_timed:
                micros.append((time.perf_counter() - began) * 1e6)
        return amount

    amounts = await asyncio.gather(*(keep_calling() for _ in range(window["width"])))
    seconds = time.perf_counter() - started_at
    return {"amount": sum(amounts), "seconds": seconds, "micros": micros}


async def main():
    authority = Path(sys.argv[1]).read_bytes()
    stubs = {}
    print("null", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        window = command["argument"]
        if window["port"] not in stubs:
            channel = connect(window, authority)
            stubs[window["port"]] = services.BenchServiceStub(channel)
        answer = {"id": command["id"]}
        try:
            answer["value"] = await run(stubs[window["port"]], window)
        except Exception as error:
            answer["error"] = repr(error)
        print(json.dumps(answer), flush=True)


asyncio.run(main())
