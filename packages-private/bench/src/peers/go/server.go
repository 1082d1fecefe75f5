package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip"

	benchv1 "privet.bench/grpc-go/gen/bench/v1"
)

// Messages of 1 MiB and their prefix are within no limit's way.
const maxBytes = 16 << 20

type bench struct {
	benchv1.UnimplementedBenchServiceServer
}

func (bench) SayHello(_ context.Context, request *benchv1.SayHelloRequest) (*benchv1.SayHelloResponse, error) {
	return &benchv1.SayHelloResponse{Greeting: "Hello, " + request.GetName() + "!"}, nil
}

func (bench) Echo(_ context.Context, hello *benchv1.Hello) (*benchv1.Hello, error) {
	return hello, nil
}

func (bench) EchoChunk(_ context.Context, chunk *benchv1.Chunk) (*benchv1.Chunk, error) {
	return chunk, nil
}

func (bench) Download(request *benchv1.DownloadRequest, stream grpc.ServerStreamingServer[benchv1.Chunk]) error {
	data := make([]byte, request.GetSize())
	for at := range data {
		data[at] = 'a'
	}
	chunk := &benchv1.Chunk{Data: data}
	for range request.GetCount() {
		if err := stream.Send(chunk); err != nil {
			return err
		}
	}
	return nil
}

func (bench) Upload(stream grpc.ClientStreamingServer[benchv1.Chunk, benchv1.UploadResponse]) error {
	size := 0
	for {
		chunk, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(&benchv1.UploadResponse{Size: int32(size)})
		}
		if err != nil {
			return err
		}
		size += len(chunk.GetData())
	}
}

func (bench) PingPong(stream grpc.BidiStreamingServer[benchv1.Chunk, benchv1.Chunk]) error {
	for {
		chunk, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(chunk); err != nil {
			return err
		}
	}
}

// serve listens on a free port and answers which.
func serve(options ...grpc.ServerOption) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	options = append(options, grpc.MaxRecvMsgSize(maxBytes))
	server := grpc.NewServer(options...)
	benchv1.RegisterBenchServiceServer(server, bench{})
	go func() { log.Fatal(server.Serve(listener)) }()
	return listener.Addr().(*net.TCPAddr).Port
}

// runServer serves, and says on which ports.
func runServer(certificate, key string) {
	tls, err := credentials.NewServerTLSFromFile(certificate, key)
	if err != nil {
		log.Fatal(err)
	}
	ports := map[string]int{"plain": serve(), "tls": serve(grpc.Creds(tls))}
	if err := json.NewEncoder(os.Stdout).Encode(ports); err != nil {
		log.Fatal(err)
	}
	select {}
}
