// Package errs is what the rest of the service says no with: typed errors that
// name the field, the reason and the remedy. The server maps them to gRPC
// statuses in one place; what is not one of these leaves as Internal with
// nothing of the inside in it.
package errs

import (
	"errors"
	"fmt"
)

// Kind is the class of an error, from which its gRPC code follows.
type Kind int

// The kinds, each with the gRPC code of the same name.
const (
	KindInvalidArgument Kind = iota + 1
	KindNotFound
	KindAlreadyExists
	KindFailedPrecondition
	KindAborted
	KindPermissionDenied
	KindUnauthenticated
	KindResourceExhausted
	KindUnavailable
)

// Violation is one field that is wrong. Path is the field's path in the
// request, such as lines[2].quantity.
type Violation struct {
	Path    string
	Reason  string
	Message string
}

// Error is a refusal that the caller can act on.
type Error struct {
	Kind Kind
	// Reason is constant for the cause, in UPPER_SNAKE_CASE: callers branch on
	// it. It goes out as google.rpc.ErrorInfo.
	Reason     string
	Message    string
	Violations []Violation
}

func (e *Error) Error() string { return e.Message }

func newError(kind Kind, path, reason, format string, args []any) *Error {
	message := fmt.Sprintf(format, args...)
	e := &Error{Kind: kind, Reason: reason, Message: message}
	if path != "" {
		e.Message = path + ": " + message
		e.Violations = []Violation{{Path: path, Reason: reason, Message: message}}
	}
	return e
}

// Invalid refuses a request that is wrong in itself, whatever the state of the
// data. path names the field; the message says what is wrong and what to do.
func Invalid(path, reason, format string, args ...any) *Error {
	return newError(KindInvalidArgument, path, reason, format, args)
}

// InvalidFields refuses a request with several fields wrong at once.
func InvalidFields(violations []Violation) *Error {
	e := &Error{Kind: KindInvalidArgument, Reason: "INVALID_FIELD", Violations: violations}
	for i, v := range violations {
		if i > 0 {
			e.Message += "; "
		}
		e.Message += v.Path + ": " + v.Message
	}
	return e
}

// NotFound refuses a request that names something that is not there.
func NotFound(path, reason, format string, args ...any) *Error {
	return newError(KindNotFound, path, reason, format, args)
}

// NotFoundFields refuses a request that names several things that are not there,
// each in a violation. The reason is the first one's; remedy says what to do about
// all of them.
func NotFoundFields(remedy string, violations []Violation) *Error {
	e := &Error{Kind: KindNotFound, Reason: violations[0].Reason, Violations: violations}
	for _, v := range violations {
		e.Message += v.Path + ": " + v.Message + "; "
	}
	e.Message += remedy
	return e
}

// Exists refuses to make what is there already.
func Exists(path, reason, format string, args ...any) *Error {
	return newError(KindAlreadyExists, path, reason, format, args)
}

// Precondition refuses what the state of the data does not allow now.
func Precondition(path, reason, format string, args ...any) *Error {
	return newError(KindFailedPrecondition, path, reason, format, args)
}

// Aborted gives up on what was overtaken; trying again may succeed.
func Aborted(path, reason, format string, args ...any) *Error {
	return newError(KindAborted, path, reason, format, args)
}

// Exhausted refuses what would take more than there is of a resource.
func Exhausted(path, reason, format string, args ...any) *Error {
	return newError(KindResourceExhausted, path, reason, format, args)
}

// Unavailable turns away what another instance, or this one soon, would do.
func Unavailable(path, reason, format string, args ...any) *Error {
	return newError(KindUnavailable, path, reason, format, args)
}

// Reason returns the reason of err, or "" if it is not one of ours.
func Reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}
