// The greeter on grpc-go. Its code is generated for the example in Go.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	greeterv1 "privet.example/greeter/gen/greeter/v1"
)

type greeter struct {
	greeterv1.UnimplementedGreeterServiceServer
}

func (greeter) SayHello(_ context.Context, request *greeterv1.SayHelloRequest) (*greeterv1.SayHelloResponse, error) {
	if request.GetName() == "" {
		return nil, status.Error(codes.InvalidArgument, "кто?")
	}
	return &greeterv1.SayHelloResponse{Greeting: "hello " + request.GetName()}, nil
}

func (greeter) SayHelloInLanguages(request *greeterv1.SayHelloInLanguagesRequest, stream grpc.ServerStreamingServer[greeterv1.SayHelloInLanguagesResponse]) error {
	for _, tag := range request.GetLanguageTags() {
		response := &greeterv1.SayHelloInLanguagesResponse{Greeting: "hello " + request.GetName(), LanguageTag: tag}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
	return nil
}

func (greeter) SayHelloToAll(stream grpc.ClientStreamingServer[greeterv1.SayHelloToAllRequest, greeterv1.SayHelloToAllResponse]) error {
	var names []string
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(&greeterv1.SayHelloToAllResponse{Greeting: "hello " + strings.Join(names, ", ")})
		}
		if err != nil {
			return err
		}
		names = append(names, request.GetName())
	}
}

func (greeter) SayHelloToEach(stream grpc.BidiStreamingServer[greeterv1.SayHelloToEachRequest, greeterv1.SayHelloToEachResponse]) error {
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(&greeterv1.SayHelloToEachResponse{Greeting: "hello " + request.GetName()}); err != nil {
			return err
		}
	}
}

// serve answers on a port of its own, which it returns.
func serve(options ...grpc.ServerOption) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(options...)
	greeterv1.RegisterGreeterServiceServer(server, greeter{})
	go func() { log.Fatal(server.Serve(listener)) }()
	return listener.Addr().(*net.TCPAddr).Port
}

func main() {
	var identity struct{ Key, Cert string }
	if err := json.NewDecoder(os.Stdin).Decode(&identity); err != nil {
		log.Fatal(err)
	}
	certificate, err := tls.X509KeyPair([]byte(identity.Cert), []byte(identity.Key))
	if err != nil {
		log.Fatal(err)
	}
	plain := serve()
	secure := serve(grpc.Creds(credentials.NewServerTLSFromCert(&certificate)))
	fmt.Printf("plain=%d tls=%d\n", plain, secure)
	select {}
}
