package main

import (
	"context"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
)

// connection is a client's, with the socket under it, which can be cut.
type connection struct {
	testgrpc.TestServiceClient
	channel *grpc.ClientConn
	lock    sync.Mutex
	socket  *net.TCPConn
}

func dial(address string) *connection {
	c := &connection{}
	channel, err := grpc.NewClient(address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			dialed, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
			if err == nil {
				c.lock.Lock()
				c.socket = dialed.(*net.TCPConn)
				c.lock.Unlock()
			}
			return dialed, err
		}))
	if err != nil {
		panic(err)
	}
	c.channel = channel
	c.TestServiceClient = testgrpc.NewTestServiceClient(channel)
	return c
}

// cut resets the socket: the server sees neither GOAWAY nor RST_STREAM.
func (c *connection) cut() {
	c.lock.Lock()
	defer c.lock.Unlock()
	_ = c.socket.SetLinger(0)
	_ = c.socket.Close()
}

func (c *connection) close() {
	_ = c.channel.Close()
}
