package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// requestID is what a response sends back of a request's metadata.
func requestID(ctx context.Context) metadata.MD {
	return metadata.MD{"x-request-id": metadata.ValueFromIncomingContext(ctx, "x-request-id")}
}

func returnRequestID(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if err := grpc.SendHeader(ctx, requestID(ctx)); err != nil {
		return nil, err
	}
	if err := grpc.SetTrailer(ctx, requestID(ctx)); err != nil {
		return nil, err
	}
	return handler(ctx, request)
}

func returnRequestIDOfStream(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if err := stream.SendHeader(requestID(stream.Context())); err != nil {
		return err
	}
	stream.SetTrailer(requestID(stream.Context()))
	return handler(service, stream)
}
