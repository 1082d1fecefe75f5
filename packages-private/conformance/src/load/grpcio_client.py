"""A client that calls one method over and over, and says how the calls have ended."""

import argparse
import json
import sys
import threading

import grpc

parser = argparse.ArgumentParser()
parser.add_argument("--address", required=True)
parser.add_argument("--ca", help="file of the authority's certificate; without it: no TLS")
parser.add_argument("--width", type=int, default=4, help="calls under way at once")
parser.add_argument(
    "--reconnect", type=int, default=0, help="calls after which a caller opens a new connection"
)
options = parser.parse_args()

METHOD = "/grpc.testing.TestService/UnaryCall"
# SimpleRequest { response_size: 10 }
REQUEST = b"\x10\x0a"

stopped = threading.Event()
lock = threading.Lock()
calls = 0
failures = []


def dial():
    # Callers that share nothing: grpcio would let them share a connection.
    arguments = [("grpc.use_local_subchannel_pool", 1)]
    if options.ca is None:
        return grpc.insecure_channel(options.address, options=arguments)
    with open(options.ca, "rb") as file:
        credentials = grpc.ssl_channel_credentials(file.read())
    return grpc.secure_channel(options.address, credentials, options=arguments)


def run():
    global calls
    channel = dial()
    made = 0
    while not stopped.is_set():
        failure = None
        try:
            channel.unary_unary(METHOD)(REQUEST, timeout=30, wait_for_ready=True)
        except grpc.RpcError as error:
            failure = f"{error.code().name}: {error.details()}"
        made += 1
        with lock:
            calls += 1
            if failure is not None:
                failures.append(failure)
        if options.reconnect > 0 and made % options.reconnect == 0:
            channel.close()
            channel = dial()
    channel.close()


callers = [threading.Thread(target=run) for _ in range(options.width)]
for caller in callers:
    caller.start()
# Standard input ends when it is time.
sys.stdin.read()
stopped.set()
for caller in callers:
    caller.join()
print(json.dumps({"calls": calls, "failures": failures}), flush=True)
