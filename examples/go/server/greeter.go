package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	greeterv1 "privet.example/greeter/gen/greeter/v1"
)

type greeter struct {
	greeterv1.UnimplementedGreeterServiceServer
}

func (greeter) SayHello(_ context.Context, request *greeterv1.SayHelloRequest) (*greeterv1.SayHelloResponse, error) {
	greeting, err := greet(request.GetName(), request.GetLanguageTag(), "language_tag")
	if err != nil {
		return nil, err
	}
	return &greeterv1.SayHelloResponse{Greeting: greeting}, nil
}

func (greeter) SayHelloInLanguages(request *greeterv1.SayHelloInLanguagesRequest, stream grpc.ServerStreamingServer[greeterv1.SayHelloInLanguagesResponse]) error {
	tags := request.GetLanguageTags()
	if len(tags) > maxLanguages {
		return invalid("language_tags", fmt.Sprintf("must not be more than %d", maxLanguages))
	}
	if len(tags) == 0 {
		tags = []string{defaultLanguage}
	}
	// Nothing is sent before every language is known.
	responses := make([]*greeterv1.SayHelloInLanguagesResponse, len(tags))
	for i, tag := range tags {
		greeting, err := greet(request.GetName(), tag, fmt.Sprintf("language_tags[%d]", i))
		if err != nil {
			return err
		}
		responses[i] = &greeterv1.SayHelloInLanguagesResponse{Greeting: greeting, LanguageTag: tag}
	}
	for _, response := range responses {
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
			break
		}
		if err != nil {
			return err
		}
		name, err := checkedName(request.GetName())
		if err != nil {
			return err
		}
		names = append(names, name)
		if err := checkedCount(len(names)); err != nil {
			return err
		}
	}
	greeting, err := greetAll(names)
	if err != nil {
		return err
	}
	return stream.SendAndClose(&greeterv1.SayHelloToAllResponse{Greeting: greeting})
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
		greeting, err := greet(request.GetName(), defaultLanguage, "language_tag")
		if err != nil {
			return err
		}
		if err := stream.Send(&greeterv1.SayHelloToEachResponse{Greeting: greeting}); err != nil {
			return err
		}
	}
}
