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

	"github.com/jackc/pgx/v5"
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
// is stored with the change: a repeat of the request gets it back, and fn comes no
// further than its first statement; the same id with other content is refused
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

// errRepeated ends a transaction whose request was carried out before.
var errRepeated = errors.New("command: request was carried out before")

func once[Req Request, M any, Resp response[M]](ctx context.Context, db *pg.DB, req Req, fn func(context.Context, *pg.Tx) (Resp, error)) (Resp, error) {
	caller := auth.FromContext(ctx)
	author := pg.Author{TenantID: caller.TenantID, Principal: caller.Principal, RequestID: req.GetRequestId()}
	fingerprint, err := fingerprint(ctx, author, req)
	if err != nil {
		return nil, err
	}
	var resp Resp
	err = db.Write(ctx, author, func(tx *pg.Tx) error {
		claimed := claim(tx, fingerprint)
		var err error
		if err = Refused(ctx); err == nil {
			resp, err = fn(ctx, tx)
		}
		if err != nil {
			if !*claimed {
				// It was refused before anything was asked of the database. A repeat gets
				// its answer all the same.
				if repeated := tx.Flush(ctx); repeated != nil {
					return repeated
				}
			}
			return err
		}
		return complete(ctx, tx, resp)
	})
	if errors.Is(err, errRepeated) {
		resp = new(M)
		if err = replay(ctx, db, author, fingerprint, resp); err == nil {
			count(ctx, replays)
		}
	}
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// claim takes the request id for this transaction, which ends with errRepeated if
// it was carried out already. A claim by another transaction that is still under
// way is waited for. The claim goes to the database with the first statement of
// the command, and before it; *claimed says whether it was answered.
func claim(tx *pg.Tx, fingerprint []byte) (claimed *bool) {
	claimed = new(bool)
	tx.QueueTold(func(err error) error {
		*claimed = true
		if pg.Constraint(err) == "request_pkey" {
			return errRepeated
		}
		return err
	}, queries.RequestClaim, tx.TenantID, tx.RequestID, fingerprint)
	return claimed
}

// replay reads the response that was stored when the request was carried out.
func replay(ctx context.Context, db *pg.DB, author pg.Author, fingerprint []byte, resp proto.Message) error {
	earlier, err := queries.New(db).RequestGet(ctx, queries.RequestGetParams{TenantID: author.TenantID, RequestID: author.RequestID})
	if errors.Is(err, pgx.ErrNoRows) {
		return pg.ErrOvertaken // it was forgotten in between, and is to be carried out
	}
	if err != nil {
		return err
	}
	if !bytes.Equal(earlier.Fingerprint, fingerprint) {
		return errs.Exists("request_id", "REQUEST_ID_REUSED",
			"%q was used for another request; choose a new id for a new request, and repeat an id only with the same content", author.RequestID)
	}
	return proto.Unmarshal(earlier.Response, resp)
}

// complete stores the response, on the way of the commit.
func complete(ctx context.Context, tx *pg.Tx, resp proto.Message) error {
	stored, err := proto.Marshal(resp)
	if err != nil {
		return err
	}
	return queries.New(tx.Queued(nil)).RequestComplete(ctx, queries.RequestCompleteParams{
		TenantID: tx.TenantID, RequestID: tx.RequestID, Response: stored,
	})
}

// fingerprint tells requests under one id apart: by principal, method and
// content.
func fingerprint(ctx context.Context, author pg.Author, req Request) ([]byte, error) {
	if author.RequestID == "" {
		return nil, errors.New("command: request without request_id got past validation")
	}
	content, err := contentOf(ctx, req)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q ", author.Principal, req.ProtoReflect().Descriptor().FullName())
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
