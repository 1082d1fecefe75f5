package main

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// invalid is INVALID_ARGUMENT with a google.rpc.BadRequest that names the field.
func invalid(field, description string) error {
	refusal := status.Newf(codes.InvalidArgument, "%s: %s", field, description)
	detailed, err := refusal.WithDetails(&errdetails.BadRequest{
		FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: field, Description: description},
		},
	})
	if err != nil {
		return refusal.Err()
	}
	return detailed.Err()
}
