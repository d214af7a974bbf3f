package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
)

const (
	// maxViolations is how many of a request's mistakes are told: a batch of a
	// thousand lines with one mistake repeated would not fit into the trailers, of
	// which some clients take no more than 8 KiB.
	maxViolations = 10
	// maxShown is how much of a wrong value is told, in characters.
	maxShown = 40
)

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
	if err := v.check(req, v.options(ctx)...); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

// options leaves all but the request id out of what was refused already: the fields that
// a scan would have filled are empty.
func (v validator) options(ctx context.Context) []protovalidate.ValidationOption {
	if command.Refused(ctx) == nil {
		return nil
	}
	return []protovalidate.ValidationOption{protovalidate.WithFilter(protovalidate.FilterFunc(func(_ protoreflect.Message, d protoreflect.Descriptor) bool {
		field, ok := d.(protoreflect.FieldDescriptor)
		return !ok || field.Name() == requestIDField
	}))}
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

func (v validator) check(req any, options ...protovalidate.ValidationOption) error {
	message, ok := req.(proto.Message)
	if !ok {
		return fmt.Errorf("server: a request of type %T is no proto message", req)
	}
	if err := checkReadable(message); err != nil {
		return err
	}
	err := v.rules.Validate(message, options...)
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
			Message: describe(message.ProtoReflect().Descriptor(), violation),
		})
	}
	return errs.InvalidFields(violations)
}

// describe says what is wrong with a field: the rule, behind the value that broke
// it. What cannot be seen in a value is escaped.
func describe(message protoreflect.MessageDescriptor, v *protovalidate.Violation) string {
	rule := v.Proto.GetMessage()
	if field := fieldAt(message, v.Proto.GetField()); field != nil && field.Enum() != nil && strings.HasPrefix(v.Proto.GetRuleId(), "enum.") {
		rule = "must be one of " + strings.Join(namesOf(field), ", ")
	}
	if !v.FieldValue.IsValid() {
		return rule
	}
	switch value := v.FieldValue.Interface().(type) {
	case string:
		if value == "" {
			return rule
		}
		if start := []rune(value); len(start) > maxShown {
			value = string(start[:maxShown]) + "…"
		}
		return fmt.Sprintf("%q %s", value, rule)
	case int32, int64, uint32, uint64:
		return fmt.Sprintf("%d %s", value, rule)
	}
	return rule
}

// fieldAt follows a violation's path. Of elements of lists it does not have the
// descriptor itself.
func fieldAt(message protoreflect.MessageDescriptor, path *validate.FieldPath) (field protoreflect.FieldDescriptor) {
	for _, element := range path.GetElements() {
		if message == nil {
			return nil
		}
		if field = message.Fields().ByNumber(protoreflect.FieldNumber(element.GetFieldNumber())); field == nil {
			return nil
		}
		message = field.Message()
	}
	return field
}

// namesOf are the values that a field may have: the first of an enum says that none was chosen.
func namesOf(field protoreflect.FieldDescriptor) []string {
	rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	var names []string
	for i := 1; i < field.Enum().Values().Len(); i++ {
		if value := field.Enum().Values().Get(i); !slices.Contains(rules.GetEnum().GetNotIn(), int32(value.Number())) {
			names = append(names, string(value.Name()))
		}
	}
	return names
}

// reasonFor makes DECIMAL_POSITIVE of decimal.positive.
func reasonFor(ruleID string) string {
	return strings.ToUpper(strings.ReplaceAll(ruleID, ".", "_"))
}
