// Serves the greeter on grpc-go: go run ./server -port 50051
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"

	greeterv1 "privet.example/greeter/gen/greeter/v1"
)

const grace = 5 * time.Second

func main() {
	log.SetFlags(0)
	port := flag.Int("port", 50051, "0 takes any free one")
	flag.Parse()

	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(
		grpc.ChainUnaryInterceptor(logEnd, returnRequestID),
		grpc.ChainStreamInterceptor(logEndOfStream, returnRequestIDOfStream),
	)
	greeterv1.RegisterGreeterServiceServer(server, greeter{})
	go stopOnSignal(server)
	fmt.Printf("listening on %s\n", listener.Addr())
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}

// stopOnSignal lets the calls end that are open, for a while.
func stopOnSignal(server *grpc.Server) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	timer := time.AfterFunc(grace, server.Stop)
	defer timer.Stop()
	server.GracefulStop()
}
