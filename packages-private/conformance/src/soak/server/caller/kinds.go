package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"
)

// patience is longer than any call may take.
const patience = 30 * time.Second

// kind is a sort of call.
type kind struct {
	name string
	// Of all calls, against the other kinds' shares.
	share int
	// Is the connection of no use after it?
	last bool
	// Answers nil where the call has ended as it is meant to.
	call func(*connection) error
}

var kinds = []kind{
	{name: "unary", share: 500, call: unary},
	{name: "unary with an error", share: 50, call: unaryError},
	{name: "server streaming", share: 100, call: serverStreaming},
	{name: "client streaming", share: 100, call: clientStreaming},
	{name: "bidirectional", share: 100, call: bidirectional},
	{name: "cancelled download", share: 50, call: cancelledDownload},
	{name: "cancelled upload", share: 50, call: cancelledUpload},
	{name: "out of time", share: 48, call: outOfTime},
	{name: "cut off", share: 2, last: true, call: cutOff},
}

func unary(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	response, err := c.UnaryCall(ctx, &testgrpc.SimpleRequest{ResponseSize: 100, Payload: payload(50)})
	if err == nil && len(response.Payload.Body) != 100 {
		err = errors.New("a response of another size")
	}
	return err
}

func unaryError(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := c.UnaryCall(ctx, &testgrpc.SimpleRequest{
		ResponseStatus: &testgrpc.EchoStatus{Code: int32(codes.NotFound), Message: "as asked"},
	})
	return want(codes.NotFound, err)
}

func serverStreaming(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stream, err := c.StreamingOutputCall(ctx, messages(5, 1000, 0))
	if err != nil {
		return err
	}
	for range 5 {
		if _, err := stream.Recv(); err != nil {
			return err
		}
	}
	return ended(stream.Recv())
}

func clientStreaming(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stream, err := c.StreamingInputCall(ctx)
	if err != nil {
		return err
	}
	for range 5 {
		if err := stream.Send(&testgrpc.StreamingInputCallRequest{Payload: payload(1000)}); err != nil {
			return err
		}
	}
	response, err := stream.CloseAndRecv()
	if err == nil && response.AggregatedPayloadSize != 5000 {
		err = fmt.Errorf("%d octets of 5000", response.AggregatedPayloadSize)
	}
	return err
}

func bidirectional(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stream, err := c.FullDuplexCall(ctx)
	if err != nil {
		return err
	}
	for range 3 {
		if err := stream.Send(messages(1, 100, 0)); err != nil {
			return err
		}
		if _, err := stream.Recv(); err != nil {
			return err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return ended(stream.Recv())
}

// cancelledDownload goes away while the server waits to send the second message.
func cancelledDownload(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request := messages(1, 1000, 0)
	request.ResponseParameters = append(request.ResponseParameters, messages(1, 1000, patience).ResponseParameters...)
	stream, err := c.StreamingOutputCall(ctx, request)
	if err != nil {
		return err
	}
	if _, err := stream.Recv(); err != nil {
		return err
	}
	cancel()
	_, err = stream.Recv()
	return want(codes.Canceled, err)
}

// cancelledUpload goes away when it has been answered once, in the middle of its request.
func cancelledUpload(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stream, err := c.FullDuplexCall(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(messages(1, 100, 0)); err != nil {
		return err
	}
	if _, err := stream.Recv(); err != nil {
		return err
	}
	cancel()
	_, err = stream.Recv()
	return want(codes.Canceled, err)
}

func outOfTime(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	stream, err := c.StreamingOutputCall(ctx, messages(1, 1000, patience))
	if err == nil {
		_, err = stream.Recv()
	}
	return want(codes.DeadlineExceeded, err)
}

// cutOff loses its connection between two messages of its request.
func cutOff(c *connection) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stream, err := c.FullDuplexCall(ctx)
	if err != nil {
		return err
	}
	if err := stream.Send(messages(1, 100, 0)); err != nil {
		return err
	}
	if _, err := stream.Recv(); err != nil {
		return err
	}
	c.cut()
	_, err = stream.Recv()
	return want(codes.Unavailable, err)
}

func want(code codes.Code, err error) error {
	if status.Code(err) == code {
		return nil
	}
	return fmt.Errorf("%v, where %v is meant", err, code)
}

// ended is nil where a stream has no more messages, and OK.
func ended(_ *testgrpc.StreamingOutputCallResponse, err error) error {
	if err == io.EOF {
		return nil
	}
	return fmt.Errorf("%v, where the end is meant", err)
}

func messages(count int, size int32, interval time.Duration) *testgrpc.StreamingOutputCallRequest {
	request := &testgrpc.StreamingOutputCallRequest{}
	for range count {
		request.ResponseParameters = append(request.ResponseParameters,
			&testgrpc.ResponseParameters{Size: size, IntervalUs: int32(interval.Microseconds())})
	}
	return request
}

func payload(size int) *testgrpc.Payload {
	return &testgrpc.Payload{Body: make([]byte, size)}
}
