package main

import (
	"context"
	"log"
	"path"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

func logEnd(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	response, err := handler(ctx, request)
	log.Printf("%s ended: %s", path.Base(info.FullMethod), status.Code(err))
	return response, err
}

func logEndOfStream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	err := handler(service, stream)
	log.Printf("%s ended: %s", path.Base(info.FullMethod), status.Code(err))
	return err
}
