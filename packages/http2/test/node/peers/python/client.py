"""Posts OCTETS octets to /echo on PORT, with trailers; prints what came back, as JSON."""

import hashlib
import json
import socket
import sys

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)

PORT, OCTETS = int(sys.argv[1]), int(sys.argv[2])
BODY = bytes(i % 251 for i in range(251)) * (OCTETS // 251 + 1)
BODY = BODY[:OCTETS]


def main():
    conn = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
    result = {"octets": 0, "trailers": {}, "sent": hashlib.sha256(BODY).hexdigest()}
    digest = hashlib.sha256()
    sent = 0
    done = False
    with socket.create_connection(("127.0.0.1", PORT)) as sock:
        conn.initiate_connection()
        request = [
            (":method", "POST"),
            (":scheme", "http"),
            (":authority", "localhost"),
            (":path", "/echo"),
        ]
        conn.send_headers(1, request)
        sock.sendall(conn.data_to_send())
        trailers_sent = False
        while not done:
            while sent < OCTETS:
                room = min(conn.local_flow_control_window(1), conn.max_outbound_frame_size)
                if room == 0:
                    break
                conn.send_data(1, BODY[sent : sent + room])
                sent = min(OCTETS, sent + room)
            if sent == OCTETS and not trailers_sent:
                conn.send_headers(1, [("x-from", "python")], end_stream=True)
                trailers_sent = True
            sock.sendall(conn.data_to_send())
            data = sock.recv(65536)
            if not data:
                raise SystemExit("the server closed the connection")
            for event in conn.receive_data(data):
                if isinstance(event, ResponseReceived):
                    result["status"] = dict(event.headers)[":status"]
                elif isinstance(event, DataReceived):
                    digest.update(event.data)
                    result["octets"] += len(event.data)
                    conn.acknowledge_received_data(event.flow_controlled_length, 1)
                elif isinstance(event, TrailersReceived):
                    result["trailers"] = dict(event.headers)
                elif isinstance(event, StreamEnded):
                    done = True
                elif isinstance(event, (StreamReset, ConnectionTerminated)):
                    raise SystemExit(f"ended by {event}")
        conn.close_connection()
        sock.sendall(conn.data_to_send())
    result["received"] = digest.hexdigest()
    print(json.dumps(result))


main()
