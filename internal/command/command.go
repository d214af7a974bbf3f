// Package command carries out writes: one write RPC is one transaction, done
// once however often it is asked for.
package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// Request is the request of a write RPC.
type Request interface {
	proto.Message
	GetRequestId() string
}

// response is *M for a message type M.
type response[M any] interface {
	*M
	proto.Message
}

// attempts is how often a transaction is tried that loses to others by
// serialization failure, deadlock, lock timeout, or by being overtaken.
const attempts = 8

// Run carries out fn in one transaction under the request's id. The response
// is stored with the change: a repeat of the request gets it back without fn
// being called again, and the same id with other content is refused
// (REQUEST_ID_REUSED). A refused request leaves nothing behind, its id
// included.
func Run[Req Request, M any, Resp response[M]](ctx context.Context, db *pg.DB, req Req, fn func(context.Context, *pg.Tx) (Resp, error)) (Resp, error) {
	var err error
	for attempt := range attempts {
		if attempt > 0 {
			if err := pause(ctx, attempt); err != nil {
				return nil, err
			}
			count(ctx, retries)
		}
		var resp Resp
		if resp, err = once[Req, M, Resp](ctx, db, req, fn); err == nil {
			return resp, nil
		}
		if !pg.Retryable(err) {
			return nil, err
		}
		countConflict(ctx, err)
	}
	count(ctx, givenUp)
	return nil, &contention{cause: err}
}

// contention is what is left to say when every attempt lost.
type contention struct{ cause error }

func (c *contention) Error() string {
	return fmt.Sprintf("gave up after %d attempts: %v", attempts, c.cause)
}

func (c *contention) Unwrap() []error {
	return []error{c.cause, errs.Aborted("", "CONTENTION",
		"too many others are writing to the same lots; nothing was recorded, send the same request again")}
}

func once[Req Request, M any, Resp response[M]](ctx context.Context, db *pg.DB, req Req, fn func(context.Context, *pg.Tx) (Resp, error)) (Resp, error) {
	var resp Resp
	caller := auth.FromContext(ctx)
	author := pg.Author{TenantID: caller.TenantID, Principal: caller.Principal, RequestID: req.GetRequestId()}
	err := db.Write(ctx, author, func(tx *pg.Tx) error {
		stored, err := claim(ctx, tx, req)
		if err != nil {
			return err
		}
		if stored != nil {
			count(ctx, replays)
			resp = new(M)
			return proto.Unmarshal(stored, resp)
		}
		if resp, err = fn(ctx, tx); err != nil {
			return err
		}
		return complete(ctx, tx, resp)
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// claim takes the request id for this transaction. If it was carried out
// already, it returns the stored response (never nil then). A claim by another
// transaction that is still under way is waited for.
func claim(ctx context.Context, tx *pg.Tx, req Request) ([]byte, error) {
	if tx.RequestID == "" {
		return nil, errors.New("command: request without request_id got past validation")
	}
	fingerprint, err := fingerprint(tx.Principal, req)
	if err != nil {
		return nil, err
	}
	q := queries.New(tx)
	claimed, err := q.RequestClaim(ctx, queries.RequestClaimParams{
		TenantID: tx.TenantID, RequestID: tx.RequestID, Fingerprint: fingerprint,
	})
	if err != nil || claimed == 1 {
		return nil, err
	}
	earlier, err := q.RequestGet(ctx, queries.RequestGetParams{TenantID: tx.TenantID, RequestID: tx.RequestID})
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(earlier.Fingerprint, fingerprint) {
		return nil, errs.Exists("request_id", "REQUEST_ID_REUSED",
			"%q was used for another request; choose a new id for a new request, and repeat an id only with the same content", tx.RequestID)
	}
	if earlier.Response == nil {
		earlier.Response = []byte{}
	}
	return earlier.Response, nil
}

func complete(ctx context.Context, tx *pg.Tx, resp proto.Message) error {
	stored, err := proto.Marshal(resp)
	if err != nil {
		return err
	}
	return queries.New(tx).RequestComplete(ctx, queries.RequestCompleteParams{
		TenantID: tx.TenantID, RequestID: tx.RequestID, Response: stored,
	})
}

// fingerprint tells requests under one id apart: by principal, method and
// content.
func fingerprint(principal string, req Request) ([]byte, error) {
	content, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q ", principal, req.ProtoReflect().Descriptor().FullName())
	h.Write(content)
	return h.Sum(nil), nil
}

// pause waits a little longer each time, and never as long as others do.
func pause(ctx context.Context, attempt int) error {
	limit := 5 * time.Millisecond << attempt
	select {
	case <-time.After(rand.N(limit)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
