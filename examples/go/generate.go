// Package greeter is a client and a server of greeter.v1.GreeterService on grpc-go.
package greeter

// buf is in the workspace's development dependencies; the plugins are tools of go.mod.
//go:generate ../../packages/contracts/node_modules/.bin/buf generate
