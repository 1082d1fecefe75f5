"""A server on asyncio and the `h2` package that does the work of the other servers."""

import asyncio
import json
import ssl
import sys

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded, WindowUpdated

MESSAGE = bytes([0, 0, 0, 0, 24]) + b"a" * 24
HEADERS = [(":status", "200"), ("content-type", "application/grpc")]
TRAILERS = [("grpc-status", "0")]


class Peer(asyncio.Protocol):
    def __init__(self):
        self.connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.transport = None
        self.requests = {}
        self.unsent = {}

    def connection_made(self, transport):
        self.transport = transport
        self.connection.initiate_connection()
        self.flush()

    def data_received(self, data):
        for event in self.connection.receive_data(data):
            if isinstance(event, RequestReceived):
                self.requests[event.stream_id] = (dict(event.headers)[":path"], bytearray())
            elif isinstance(event, DataReceived):
                self.requests[event.stream_id][1].extend(event.data)
                self.connection.acknowledge_received_data(
                    event.flow_controlled_length, event.stream_id
                )
            elif isinstance(event, StreamEnded):
                self.answer(event.stream_id, *self.requests.pop(event.stream_id))
            elif isinstance(event, WindowUpdated):
                self.resume()
        self.flush()

    def answer(self, stream_id, path, body):
        self.connection.send_headers(stream_id, HEADERS)
        if path == "/reply":
            self.connection.send_data(stream_id, MESSAGE)
            self.connection.send_headers(stream_id, TRAILERS, end_stream=True)
        else:
            self.unsent[stream_id] = memoryview(body)
            self.resume()

    def resume(self):
        for stream_id in list(self.unsent):
            body = self.unsent[stream_id]
            while body:
                room = min(
                    self.connection.local_flow_control_window(stream_id),
                    self.connection.max_outbound_frame_size,
                    len(body),
                )
                if room <= 0:
                    break
                ends = room == len(body)
                self.connection.send_data(stream_id, bytes(body[:room]), end_stream=ends)
                body = body[room:]
            if body:
                self.unsent[stream_id] = body
            else:
                del self.unsent[stream_id]

    def flush(self):
        data = self.connection.data_to_send()
        if data:
            self.transport.write(data)


async def main(cert, key):
    loop = asyncio.get_running_loop()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["h2"])
    plain = await loop.create_server(Peer, "127.0.0.1", 0)
    tls = await loop.create_server(Peer, "127.0.0.1", 0, ssl=context)
    ports = {
        "plain": plain.sockets[0].getsockname()[1],
        "tls": tls.sockets[0].getsockname()[1],
    }
    print(json.dumps(ports), flush=True)
    await asyncio.gather(plain.serve_forever(), tls.serve_forever())


asyncio.run(main(*sys.argv[1:3]))
