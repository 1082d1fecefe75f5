// The bench's service on grpc-go, and a client of it.
//
//	grpc-go server CERTIFICATE KEY
//	grpc-go client AUTHORITY
package main

//go:generate ../../../../../packages/contracts/node_modules/.bin/buf generate

import (
	"log"
	"os"
)

func main() {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "server":
		runServer(os.Args[2], os.Args[3])
	case len(os.Args) == 3 && os.Args[1] == "client":
		runClient(os.Args[2])
	default:
		log.Fatal("usage: grpc-go server CERTIFICATE KEY | grpc-go client AUTHORITY")
	}
}
