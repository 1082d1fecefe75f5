// A client that calls one method over and over, and says how the calls have ended.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
)

func main() {
	address := flag.String("address", "", "host and port of the server")
	ca := flag.String("ca", "", "file of the authority's certificate; without it: no TLS")
	width := flag.Int("width", 8, "calls under way at once")
	reconnect := flag.Int("reconnect", 0, "calls after which a caller opens a new connection; 0: never")
	flag.Parse()

	security := insecure.NewCredentials()
	if *ca != "" {
		verified, err := credentials.NewClientTLSFromFile(*ca, "")
		if err != nil {
			panic(err)
		}
		security = verified
	}
	dial := func() *grpc.ClientConn {
		connection, err := grpc.NewClient(*address, grpc.WithTransportCredentials(security))
		if err != nil {
			panic(err)
		}
		return connection
	}

	stopped := make(chan struct{})
	go func() {
		// Standard input ends when it is time.
		_, _ = os.Stdin.Read(make([]byte, 1))
		close(stopped)
	}()

	var lock sync.Mutex
	calls := 0
	failures := []string{}
	var callers sync.WaitGroup
	for range *width {
		callers.Go(func() {
			connection := dial()
			defer func() { connection.Close() }()
			for made := 1; ; made++ {
				select {
				case <-stopped:
					return
				default:
				}
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
				_, err := testgrpc.NewTestServiceClient(connection).UnaryCall(ctx,
					&testgrpc.SimpleRequest{ResponseSize: 10}, grpc.WaitForReady(true))
				cancel()
				lock.Lock()
				calls++
				if err != nil {
					failures = append(failures, err.Error())
				}
				lock.Unlock()
				if *reconnect > 0 && made%*reconnect == 0 {
					connection.Close()
					connection = dial()
				}
			}
		})
	}
	callers.Wait()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"calls": calls, "failures": failures})
}
