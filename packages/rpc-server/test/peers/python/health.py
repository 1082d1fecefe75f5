"""Watches the health of a server, and says what it sees.

Usage: health.py PORT SERVICE
"""

import json
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

port, service = sys.argv[1:3]
Status = health_pb2.HealthCheckResponse.ServingStatus


def say(**what):
    print(json.dumps(what), flush=True)


with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
    stub = health_pb2_grpc.HealthStub(channel)
    checked = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
    say(check=Status.Name(checked.status))
    try:
        stub.Check(health_pb2.HealthCheckRequest(service="no.such.Service"), timeout=10)
    except grpc.RpcError as error:
        say(unknown=error.code().name)
    try:
        for seen in stub.Watch(health_pb2.HealthCheckRequest(service=service), timeout=30):
            say(watch=Status.Name(seen.status))
    except grpc.RpcError as error:
        say(end=error.code().name)
