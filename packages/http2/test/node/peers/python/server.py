"""Echoes request bodies and trailers over cleartext HTTP/2, by the library h2."""

import socket
import threading

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    RequestReceived,
    StreamEnded,
    TrailersReceived,
)


class Echo:
    """One connection."""

    def __init__(self, sock):
        self.sock = sock
        self.conn = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.bodies = {}
        self.trailers = {}
        self.ended = set()

    def run(self):
        self.conn.initiate_connection()
        self.sock.sendall(self.conn.data_to_send())
        while data := self.sock.recv(65536):
            for event in self.conn.receive_data(data):
                if isinstance(event, ConnectionTerminated):
                    return
                self.handle(event)
            self.send_what_fits()
            self.sock.sendall(self.conn.data_to_send())

    def handle(self, event):
        if isinstance(event, RequestReceived):
            self.bodies[event.stream_id] = bytearray()
            self.conn.send_headers(event.stream_id, [(":status", "200")])
        elif isinstance(event, DataReceived):
            self.bodies[event.stream_id] += event.data
            self.conn.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, TrailersReceived):
            self.trailers[event.stream_id] = [tuple(field) for field in event.headers]
        elif isinstance(event, StreamEnded):
            self.ended.add(event.stream_id)

    def send_what_fits(self):
        for stream_id in list(self.ended):
            body = self.bodies[stream_id]
            while body:
                room = min(
                    self.conn.local_flow_control_window(stream_id),
                    self.conn.max_outbound_frame_size,
                )
                if room == 0:
                    break
                self.conn.send_data(stream_id, bytes(body[:room]))
                del body[:room]
            if not body:
                self.ended.discard(stream_id)
                trailers = self.trailers.get(stream_id, [("x-without", "trailers")])
                self.conn.send_headers(stream_id, trailers, end_stream=True)


def serve(sock):
    with sock:
        Echo(sock).run()


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"port {listener.getsockname()[1]}", flush=True)
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=serve, args=(sock,), daemon=True).start()


main()
