package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	// bodyTimeout is how long a body may take to arrive.
	bodyTimeout = time.Minute
	// writeTimeout is how long a client may let one write wait. A stream may
	// last as long as it likes if the client keeps reading.
	writeTimeout = time.Minute
)

// requestBody is a body of bounded size and duration. It remembers what was
// read from it, or what was wrong with it.
type requestBody struct {
	io.ReadCloser
	read proto.Message
	err  error
}

func (b *requestBody) tooLarge() bool {
	var large *http.MaxBytesError
	return errors.As(b.err, &large)
}

// withLimits refuses text that could not go on to gRPC, and bounds what a
// client can use up: the size of a body and the time to send it and to read
// the answer.
func withLimits(next http.Handler, refuse func(http.ResponseWriter, *http.Request, int, *status.Status)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s := checkText(r); s != nil {
			refuse(w, r, http.StatusBadRequest, s)
			return
		}
		control := http.NewResponseController(w)
		if r.ContentLength != 0 {
			// Not supported by a recorder in tests: then there is no deadline.
			_ = control.SetReadDeadline(time.Now().Add(bodyTimeout))
		}
		body := http.MaxBytesReader(w, r.Body, maxRequest)
		read := &requestBody{ReadCloser: &timedBody{ReadCloser: body, control: control}}
		r = r.WithContext(context.WithValue(r.Context(), bodyKey{}, read))
		r.Body = read
		next.ServeHTTP(&timedWriter{w, control}, r)
	})
}

func checkText(r *http.Request) *status.Status {
	if !utf8.ValidString(r.URL.Path) {
		return withInfo(codes.InvalidArgument, "INVALID_PATH", "the path is not UTF-8")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return withInfo(codes.InvalidArgument, "INVALID_PARAMETER", "the query cannot be read: "+err.Error())
	}
	if r.Method == http.MethodPost && len(query) > 0 {
		// Nobody would read it: dry_run=true, say, must not be a real run.
		return withInfo(codes.InvalidArgument, "INVALID_PARAMETER", "a POST takes no query parameters; put everything into the body")
	}
	for name, values := range query {
		for _, value := range values {
			if !utf8.ValidString(name) || !utf8.ValidString(value) {
				return withInfo(codes.InvalidArgument, "INVALID_PARAMETER", "the query is not UTF-8")
			}
		}
	}
	key := r.Header.Get(idempotencyHeader)
	if strings.ContainsFunc(key, func(c rune) bool { return c < '!' || c > '~' }) {
		return withInfo(codes.InvalidArgument, "REQUEST_ID_FORMAT", "Idempotency-Key: must be at most 128 visible ASCII characters")
	}
	return nil
}

// timedBody lifts the deadline once the body is there: the answer may take
// longer.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// timedWriter cuts a client that does not read.
type timedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w *timedWriter) Write(p []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	return w.ResponseWriter.Write(p)
}

// Unwrap lets a ResponseController through.
func (w *timedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
