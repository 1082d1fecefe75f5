package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	benchv1 "privet.bench/grpc-go/gen/bench/v1"
)

// window is what the bench asks for: calls of one kind, in a closed loop.
type window struct {
	Work    string  `json:"work"`
	Port    int     `json:"port"`
	TLS     bool    `json:"tls"`
	Width   int     `json:"width"`
	Count   int     `json:"count"`
	Size    int     `json:"size"`
	Seconds float64 `json:"seconds"`
}

// done is what came of it.
type done struct {
	Amount  int     `json:"amount"`
	Seconds float64 `json:"seconds"`
	// How long each call took, where they were made one by one.
	Micros []float64 `json:"micros,omitempty"`
}

type caller struct {
	stub  benchv1.BenchServiceClient
	chunk *benchv1.Chunk
}

// runClient reads windows from standard input, line by line, and answers each
// with a line.
func runClient(authority string) {
	fmt.Println("null")
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	stubs := map[int]benchv1.BenchServiceClient{}
	for lines.Scan() {
		var command struct {
			ID       int    `json:"id"`
			Argument window `json:"argument"`
		}
		if err := json.Unmarshal(lines.Bytes(), &command); err != nil {
			log.Fatal(err)
		}
		asked := command.Argument
		if stubs[asked.Port] == nil {
			stubs[asked.Port] = connect(asked, authority)
		}
		value, err := runWindow(stubs[asked.Port], asked)
		answer := map[string]any{"id": command.ID, "value": value}
		if err != nil {
			answer["error"] = err.Error()
		}
		if err := out.Encode(answer); err != nil {
			log.Fatal(err)
		}
	}
}

func connect(asked window, authority string) benchv1.BenchServiceClient {
	transport := insecure.NewCredentials()
	if asked.TLS {
		var err error
		if transport, err = credentials.NewClientTLSFromFile(authority, "bench.test"); err != nil {
			log.Fatal(err)
		}
	}
	connection, err := grpc.NewClient(
		fmt.Sprintf("127.0.0.1:%d", asked.Port),
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxBytes)),
	)
	if err != nil {
		log.Fatal(err)
	}
	return benchv1.NewBenchServiceClient(connection)
}

func runWindow(stub benchv1.BenchServiceClient, asked window) (*done, error) {
	caller := caller{stub, &benchv1.Chunk{Data: make([]byte, asked.Size)}}
	startedAt := time.Now()
	until := startedAt.Add(time.Duration(asked.Seconds * float64(time.Second)))
	var (
		group  sync.WaitGroup
		lock   sync.Mutex
		result done
		failed error
	)
	for range asked.Width {
		group.Go(func() {
			amount := 0
			var micros []float64
			for {
				began := time.Now()
				if !began.Before(until) {
					break
				}
				worth, err := caller.call(asked)
				if err != nil {
					lock.Lock()
					failed = err
					lock.Unlock()
					return
				}
				amount += worth
				if asked.Work == "latency" {
					micros = append(micros, float64(time.Since(began).Nanoseconds())/1000)
				}
			}
			lock.Lock()
			defer lock.Unlock()
			result.Amount += amount
			result.Micros = append(result.Micros, micros...)
		})
	}
	group.Wait()
	result.Seconds = time.Since(startedAt).Seconds()
	return &result, failed
}

// call makes one call, and answers how many of the unit it is worth.
func (c caller) call(asked window) (int, error) {
	switch asked.Work {
	case "unary", "latency":
		return 1, c.sayHello()
	case "echo":
		return 1, c.echo()
	case "download":
		return asked.Count, c.download(asked.Count, asked.Size)
	case "upload":
		return asked.Count, c.upload(asked.Count)
	case "ping-pong":
		return asked.Count, c.pingPong(asked.Count)
	}
	return 0, fmt.Errorf("no work is called %s", asked.Work)
}

func (c caller) sayHello() error {
	response, err := c.stub.SayHello(context.Background(), &benchv1.SayHelloRequest{Name: "Ada"})
	if err == nil && response.GetGreeting() != "Hello, Ada!" {
		return fmt.Errorf("the greeting is %q", response.GetGreeting())
	}
	return err
}

func (c caller) echo() error {
	response, err := c.stub.EchoChunk(context.Background(), c.chunk)
	if err != nil {
		return err
	}
	return c.checkSize(response)
}

func (c caller) download(count, size int) error {
	request := &benchv1.DownloadRequest{Count: int32(count), Size: int32(size)}
	stream, err := c.stub.Download(context.Background(), request)
	if err != nil {
		return err
	}
	for received := 0; ; received++ {
		chunk, err := stream.Recv()
		if err == io.EOF && received == count {
			return nil
		}
		if err != nil {
			return fmt.Errorf("after %d messages: %w", received, err)
		}
		if err := c.checkSize(chunk); err != nil {
			return err
		}
	}
}

func (c caller) upload(count int) error {
	stream, err := c.stub.Upload(context.Background())
	if err != nil {
		return err
	}
	for range count {
		if err := stream.Send(c.chunk); err != nil {
			return err
		}
	}
	response, err := stream.CloseAndRecv()
	if err == nil && int(response.GetSize()) != count*len(c.chunk.GetData()) {
		return fmt.Errorf("%d octets have arrived", response.GetSize())
	}
	return err
}

func (c caller) pingPong(trips int) error {
	stream, err := c.stub.PingPong(context.Background())
	if err != nil {
		return err
	}
	for range trips {
		if err := stream.Send(c.chunk); err != nil {
			return err
		}
		chunk, err := stream.Recv()
		if err != nil {
			return err
		}
		if err := c.checkSize(chunk); err != nil {
			return err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	if _, err := stream.Recv(); err != io.EOF {
		return fmt.Errorf("the call went on: %w", err)
	}
	return nil
}

func (c caller) checkSize(chunk *benchv1.Chunk) error {
	if len(chunk.GetData()) != len(c.chunk.GetData()) {
		return fmt.Errorf("a message of %d octets", len(chunk.GetData()))
	}
	return nil
}
