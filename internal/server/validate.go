package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/errs"
)

// maxViolations is how many of a request's mistakes are told: a batch of a
// thousand lines with one mistake repeated would not fit into the trailers.
const maxViolations = 20

// validator holds requests against the field rules in the protos.
type validator struct{ rules protovalidate.Validator }

// compiled is shared: compiling the rules takes longer than anything else about
// making a server.
var compiled = sync.OnceValues(func() (protovalidate.Validator, error) { return protovalidate.New() })

func newValidator() (validator, error) {
	rules, err := compiled()
	return validator{rules}, err
}

func (v validator) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if err := v.check(req); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

func (v validator) stream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return next(srv, &validated{stream, v})
}

type validated struct {
	grpc.ServerStream
	validator validator
}

func (s *validated) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return s.validator.check(m)
}

func (v validator) check(req any) error {
	message, ok := req.(proto.Message)
	if !ok {
		return fmt.Errorf("server: a request of type %T is no proto message", req)
	}
	err := v.rules.Validate(message)
	var wrong *protovalidate.ValidationError
	if !errors.As(err, &wrong) {
		return err // nil, or a rule that does not compile
	}
	var violations []errs.Violation
	for i, violation := range wrong.Violations {
		if i == maxViolations {
			violations[i-1].Message += fmt.Sprintf("; and %d more fields are wrong", len(wrong.Violations)-maxViolations)
			break
		}
		violations = append(violations, errs.Violation{
			Path:    protovalidate.FieldPathString(violation.Proto.GetField()),
			Reason:  reasonFor(violation.Proto.GetRuleId()),
			Message: violation.Proto.GetMessage(),
		})
	}
	return errs.InvalidFields(violations)
}

// reasonFor makes DECIMAL_POSITIVE of decimal.positive.
func reasonFor(ruleID string) string {
	return strings.ToUpper(strings.ReplaceAll(ruleID, ".", "_"))
}
