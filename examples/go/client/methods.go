package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	greeterv1 "privet.example/greeter/gen/greeter/v1"
)

// received is the metadata of a response.
type received struct {
	headers, trailers metadata.MD
}

// method is what the command line names.
type method struct {
	// min and max bound the number of arguments; a max of -1 is no bound.
	min, max int
	// call prints the responses; the error is a gRPC status.
	call func(ctx context.Context, client greeterv1.GreeterServiceClient, args []string, metadata *received) error
}

var methods = map[string]method{
	"hello":     {min: 1, max: 2, call: hello},
	"languages": {min: 1, max: -1, call: languages},
	"all":       {min: 0, max: -1, call: all},
	"each":      {min: 0, max: 0, call: each},
}

func (m method) takes(args int) bool {
	return args >= m.min && (args <= m.max || m.max == -1)
}

func (r *received) options() []grpc.CallOption {
	return []grpc.CallOption{grpc.Header(&r.headers), grpc.Trailer(&r.trailers)}
}

func hello(ctx context.Context, client greeterv1.GreeterServiceClient, args []string, metadata *received) error {
	request := &greeterv1.SayHelloRequest{Name: args[0]}
	if len(args) == 2 {
		request.LanguageTag = args[1]
	}
	response, err := client.SayHello(ctx, request, metadata.options()...)
	if err != nil {
		return err
	}
	return printResponse(response)
}

func languages(ctx context.Context, client greeterv1.GreeterServiceClient, args []string, metadata *received) error {
	request := &greeterv1.SayHelloInLanguagesRequest{Name: args[0], LanguageTags: args[1:]}
	stream, err := client.SayHelloInLanguages(ctx, request, metadata.options()...)
	if err != nil {
		return err
	}
	return printEach(stream.Recv)
}

func all(ctx context.Context, client greeterv1.GreeterServiceClient, args []string, metadata *received) error {
	stream, err := client.SayHelloToAll(ctx, metadata.options()...)
	if err != nil {
		return err
	}
	for _, name := range args {
		// io.EOF says that the call has ended; CloseAndRecv tells how.
		if err := stream.Send(&greeterv1.SayHelloToAllRequest{Name: name}); err != nil {
			break
		}
	}
	response, err := stream.CloseAndRecv()
	if err != nil {
		return err
	}
	return printResponse(response)
}

func each(ctx context.Context, client greeterv1.GreeterServiceClient, _ []string, metadata *received) error {
	stream, err := client.SayHelloToEach(ctx, metadata.options()...)
	if err != nil {
		return err
	}
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			// io.EOF says that the call has ended; Recv tells how.
			if err := stream.Send(&greeterv1.SayHelloToEachRequest{Name: lines.Text()}); err != nil {
				return
			}
		}
		stream.CloseSend()
	}()
	return printEach(stream.Recv)
}

// printEach prints what a stream brings, up to its end.
func printEach[Response proto.Message](receive func() (Response, error)) error {
	for {
		response, err := receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := printResponse(response); err != nil {
			return err
		}
	}
}
