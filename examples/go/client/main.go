// Calls the greeter with grpc-go: go run ./client hello Анна en
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	greeterv1 "privet.example/greeter/gen/greeter/v1"
)

const usage = `Calls greeter.v1.GreeterService. Each response is a line of JSON on standard
output; how the call ended is one on standard error.

  client [flags] hello NAME [LANGUAGE]         greets one person
  client [flags] languages NAME [LANGUAGE...]  greets one person in many languages
  client [flags] all [NAME...]                 greets many people at once
  client [flags] each                          greets each name as it is read from standard input

`

func main() {
	address := flag.String("address", "localhost:50051", "of the server")
	timeout := flag.Duration("timeout", time.Minute, "for the whole call")
	requestID := flag.String("request-id", rand.Text(), "sent as x-request-id")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	flag.Parse()
	method, known := methods[flag.Arg(0)]
	if !known || !method.takes(flag.NArg()-1) {
		flag.Usage()
		os.Exit(2)
	}

	connection, err := grpc.NewClient(*address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	// Ctrl-C cancels the call.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	ctx = metadata.AppendToOutgoingContext(ctx, "x-request-id", *requestID)

	var received received
	err = method.call(ctx, greeterv1.NewGreeterServiceClient(connection), flag.Args()[1:], &received)
	cancel()
	stop()
	connection.Close()
	os.Exit(printOutcome(err, received))
}
