"""Calls a service that it learns of by reflection alone.

Usage: reflection.py PORT
"""

import json
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

with grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}") as channel:
    database = ProtoReflectionDescriptorDatabase(channel)
    pool = DescriptorPool(database)
    service = pool.FindServiceByName("greeter.v1.GreeterService")
    method = service.FindMethodByName("SayHello")
    request = GetMessageClass(method.input_type)(name="Ada")
    call = channel.unary_unary(
        f"/{service.full_name}/{method.name}",
        request_serializer=type(request).SerializeToString,
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    print(
        json.dumps(
            {
                "services": sorted(database.get_services()),
                "methods": [one.name for one in service.methods],
                "greeting": call(request, timeout=10).greeting,
            }
        )
    )
