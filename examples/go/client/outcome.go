package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

type violation struct {
	Field       string `json:"field"`
	Description string `json:"description"`
}

type requestID struct {
	Headers  string `json:"headers"`
	Trailers string `json:"trailers"`
}

// outcome is how a call ended, for a person and for a program.
type outcome struct {
	Code       string      `json:"code"`
	Message    string      `json:"message"`
	Violations []violation `json:"violations"`
	RequestID  requestID   `json:"requestId"`
}

func printResponse(response proto.Message) error {
	line, err := protojson.Marshal(response)
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(line))
	return err
}

// printOutcome prints on standard error and answers the exit code.
func printOutcome(err error, received received) int {
	ended := status.Convert(err)
	line, _ := json.Marshal(outcome{
		Code:       code.Code(ended.Code()).String(),
		Message:    ended.Message(),
		Violations: violations(ended),
		RequestID: requestID{
			Headers:  strings.Join(received.headers.Get("x-request-id"), ","),
			Trailers: strings.Join(received.trailers.Get("x-request-id"), ","),
		},
	})
	fmt.Fprintln(os.Stderr, string(line))
	if ended.Code() == codes.OK {
		return 0
	}
	return 1
}

// violations are the fields that a google.rpc.BadRequest among the details names.
func violations(ended *status.Status) []violation {
	found := []violation{}
	for _, detail := range ended.Details() {
		if badRequest, ok := detail.(*errdetails.BadRequest); ok {
			for _, each := range badRequest.GetFieldViolations() {
				found = append(found, violation{each.GetField(), each.GetDescription()})
			}
		}
	}
	return found
}
