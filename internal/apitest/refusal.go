package apitest

import (
	"slices"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Reason returns the ErrorInfo reason of a gRPC error, or "".
func Reason(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.Reason
		}
	}
	return ""
}

// Fields returns the paths of the fields that a gRPC error names.
func Fields(err error) []string {
	var fields []string
	for _, detail := range status.Convert(err).Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			for _, violation := range bad.FieldViolations {
				fields = append(fields, violation.Field)
			}
		}
	}
	return fields
}

// WantRefusal checks that err refuses with this code and reason, and that it
// names the field unless field is "". The reason may also be that of a single
// field, which is how broken field rules are told.
func WantRefusal(t testing.TB, err error, code codes.Code, reason, field string) {
	t.Helper()
	if err == nil {
		t.Errorf("accepted; want %v %s", code, reason)
		return
	}
	if got := status.Code(err); got != code {
		t.Errorf("code %v, want %v: %v", got, code, err)
	}
	if got := Reason(err); got != reason && !slices.Contains(fieldReasons(err), reason) {
		t.Errorf("reason %q %v, want %q: %v", got, fieldReasons(err), reason, err)
	}
	if field != "" && !slices.Contains(Fields(err), field) {
		t.Errorf("fields %q, want %q among them: %v", Fields(err), field, err)
	}
}

func fieldReasons(err error) []string {
	var reasons []string
	for _, detail := range status.Convert(err).Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			for _, violation := range bad.FieldViolations {
				reasons = append(reasons, violation.Reason)
			}
		}
	}
	return reasons
}
