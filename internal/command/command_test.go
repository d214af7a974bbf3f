package command_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type (
	request  = pb.UpsertPartyRequest
	response = pb.UpsertPartyResponse
)

func as(ctx context.Context, principal string) context.Context {
	return auth.NewContext(ctx, auth.Identity{TenantID: 1, Principal: principal})
}

func ask(id, code string) *request {
	return &request{RequestId: id, Party: &pb.Party{Code: code, Name: "n"}}
}

// write leaves a row that can be counted, and answers with its number.
func write(ctx context.Context, tx *pg.Tx) (*response, error) {
	id, err := tx.NextID(ctx)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, "INSERT INTO revision (tenant_id, subject, subject_id, revision, content, principal) VALUES ($1, 'party', $2, 1, '{}', $3)", tx.TenantID, id, tx.Principal)
	return &response{Party: &pb.Party{Code: fmt.Sprint(id)}, Changed: true}, err
}

func written(t *testing.T, db *pg.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), "SELECT count(*) FROM revision WHERE tenant_id = 1").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func claims(t *testing.T, db *pg.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), "SELECT count(*) FROM request WHERE tenant_id = 1").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheAuthorIsTold(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	_, err := command.Run(as(t.Context(), "erp"), db, ask("id-1", "P"), func(_ context.Context, tx *pg.Tx) (*response, error) {
		if want := (pg.Author{TenantID: 1, Principal: "erp", RequestID: "id-1"}); tx.Author != want {
			t.Errorf("author %+v, want %+v", tx.Author, want)
		}
		return &response{}, nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestARepeatIsAnsweredFromStore(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	ctx := as(t.Context(), "erp")
	for name, fn := range map[string]func(context.Context, *pg.Tx) (*response, error){
		"an answer":       write,
		"an empty answer": func(context.Context, *pg.Tx) (*response, error) { return &response{}, nil },
	} {
		first, err := command.Run(ctx, db, ask(name, "P"), fn)
		if err != nil {
			t.Fatal(err)
		}
		again, err := command.Run(ctx, db, ask(name, "P"), func(context.Context, *pg.Tx) (*response, error) {
			return &response{Party: &pb.Party{Code: "another"}}, nil // without a statement of its own
		})
		if err != nil || !proto.Equal(again, first) {
			t.Errorf("%s, without a statement: %v, %v; want %v", name, again, err, first)
		}
		again, err = command.Run(ctx, db, ask(name, "P"), func(ctx context.Context, tx *pg.Tx) (*response, error) {
			_, err := write(ctx, tx)
			if err == nil {
				t.Errorf("%s: carried out again", name)
			}
			return &response{}, err
		})
		if err != nil || !proto.Equal(again, first) {
			t.Errorf("%s: %v, %v; want %v", name, again, err, first)
		}
	}
	if n := written(t, db); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestAnIdIsForOneRequest(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	ctx := as(t.Context(), "erp")
	if _, err := command.Run(ctx, db, ask("id", "P"), write); err != nil {
		t.Fatal(err)
	}
	carriedOut := func(ctx context.Context, tx *pg.Tx) (*response, error) {
		resp, err := write(ctx, tx)
		if err == nil {
			t.Error("carried out")
		}
		return resp, err
	}
	for name, run := range map[string]func() error{
		"other content": func() error { _, err := command.Run(ctx, db, ask("id", "Q"), carriedOut); return err },
		"other principal": func() error {
			_, err := command.Run(as(t.Context(), "wms"), db, ask("id", "P"), carriedOut)
			return err
		},
		// Field by field the same bytes.
		"other method": func() error {
			req := &pb.UpsertLocationRequest{RequestId: "id", Location: &pb.Location{Code: "P", Name: "n"}}
			_, err := command.Run(ctx, db, req, func(context.Context, *pg.Tx) (*pb.UpsertLocationResponse, error) {
				return &pb.UpsertLocationResponse{}, nil
			})
			return err
		},
	} {
		err := run()
		var refusal *errs.Error
		if !errors.As(err, &refusal) || refusal.Kind != errs.KindAlreadyExists || refusal.Reason != "REQUEST_ID_REUSED" || refusal.Violations[0].Path != "request_id" {
			t.Errorf("%s: %v, want REQUEST_ID_REUSED", name, err)
		}
	}
	if _, err := command.Run(ctx, db, ask("ID", "Q"), write); err != nil {
		t.Errorf("an id that differs by case: %v", err)
	}
}

func TestTenantsHaveIdsOfTheirOwn(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	db, err := pg.Open(t.Context(), url, 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if _, err := db.Exec(t.Context(), "INSERT INTO tenant (tenant_id, name) VALUES (2, 'second')"); err != nil {
		t.Fatal(err)
	}
	for tenantID := range int64(2) {
		ctx := auth.NewContext(t.Context(), auth.Identity{TenantID: tenantID + 1, Principal: "erp"})
		called := false
		if _, err := command.Run(ctx, db, ask("id", fmt.Sprint(tenantID)), func(context.Context, *pg.Tx) (*response, error) {
			called = true
			return &response{}, nil
		}); err != nil || !called {
			t.Errorf("tenant %d: called %v, %v", tenantID+1, called, err)
		}
	}
}

func TestARefusedRequestLeavesNothing(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	ctx := as(t.Context(), "erp")
	refusal := errs.Precondition("lines[0]", "LOT_HELD", "no")
	calls := 0
	_, err := command.Run(ctx, db, ask("id", "P"), func(ctx context.Context, tx *pg.Tx) (*response, error) {
		calls++
		if resp, err := write(ctx, tx); err != nil {
			return resp, err
		}
		return nil, refusal
	})
	if !errors.Is(err, error(refusal)) || calls != 1 {
		t.Errorf("%v after %d calls, want the refusal as it was, at once", err, calls)
	}
	if written(t, db) != 0 || claims(t, db) != 0 {
		t.Errorf("%d rows and %d claims are left", written(t, db), claims(t, db))
	}
	// The id is free, for the same request or a mended one.
	if _, err := command.Run(ctx, db, ask("id", "Q"), write); err != nil {
		t.Error(err)
	}
}

func TestAPanicLeavesNothing(t *testing.T) {
	t.Parallel()
	db, err := pg.Open(t.Context(), dbtest.URL(t), 1) // a connection that was lost would be missed
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	ctx, cancel := context.WithTimeout(as(t.Context(), "erp"), 30*time.Second)
	defer cancel()
	func() {
		defer func() {
			if r := recover(); r != "oh" {
				t.Errorf("recovered %v; the panic has to go on to whoever logs it", r)
			}
		}()
		_, _ = command.Run(ctx, db, ask("id", "P"), func(ctx context.Context, tx *pg.Tx) (*response, error) {
			if _, err := write(ctx, tx); err != nil {
				t.Error(err)
			}
			panic("oh")
		})
	}()
	if written(t, db) != 0 || claims(t, db) != 0 {
		t.Errorf("%d rows and %d claims are left", written(t, db), claims(t, db))
	}
	if _, err := command.Run(ctx, db, ask("id", "P"), write); err != nil {
		t.Error(err)
	}
}

// The same request on several connections at once is carried out once, and
// everybody gets the one answer.
func TestTheSameRequestAtOnce(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	const rounds, callers = 100, 4
	for round := range rounds {
		var calls atomic.Int32
		var answers [callers]*response
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i := range callers {
			wg.Go(func() {
				<-start
				var err error
				answers[i], err = command.Run(as(context.Background(), "erp"), db, ask(fmt.Sprint(round), "P"), func(ctx context.Context, tx *pg.Tx) (*response, error) {
					resp, err := write(ctx, tx)
					if err == nil {
						calls.Add(1)
					}
					return resp, err
				})
				if err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		close(start)
		wg.Wait()
		if calls.Load() != 1 {
			t.Errorf("round %d: carried out %d times", round, calls.Load())
		}
		for _, a := range answers[1:] {
			if !proto.Equal(a, answers[0]) {
				t.Errorf("round %d: answers %v and %v", round, answers[0], a)
			}
		}
	}
	if n := written(t, db); n != rounds {
		t.Errorf("%d rows, want %d", n, rounds)
	}
}

// Who waits for a claim that comes to nothing carries the request out.
func TestWhoWaitsTakesOver(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	db, err := pg.Open(t.Context(), url, 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	// The service's role does not see what other sessions wait for.
	watch, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close(context.Background())
	claimed, proceed := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := command.Run(as(context.Background(), "erp"), db, ask("id", "P"), func(ctx context.Context, tx *pg.Tx) (*response, error) {
			if err := tx.Flush(ctx); err != nil {
				t.Error(err)
			}
			close(claimed)
			<-proceed
			return nil, errs.Invalid("x", "NO", "no")
		})
		if errs.Reason(err) != "NO" {
			t.Errorf("first: %v", err)
		}
	})
	<-claimed
	wg.Go(func() {
		if resp, err := command.Run(as(context.Background(), "erp"), db, ask("id", "P"), write); err != nil || !resp.Changed {
			t.Errorf("second: %v, %v", resp, err)
		}
	})
	dbtest.UntilWaiting(t, watch, 1, "the second")
	close(proceed)
	wg.Wait()
	if n := written(t, db); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// raise is a failure of the given SQLSTATE that comes out of the database.
func raise(ctx context.Context, tx *pg.Tx, sqlstate string) error {
	_, err := tx.Exec(ctx, fmt.Sprintf("DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '%s'; END $$", sqlstate))
	return err
}

func TestWhoLosesTriesAgain(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	for name, lose := range map[string]func(context.Context, *pg.Tx) error{
		"overtaken":             func(context.Context, *pg.Tx) error { return fmt.Errorf("lot: %w", pg.ErrOvertaken) },
		"serialization failure": func(ctx context.Context, tx *pg.Tx) error { return raise(ctx, tx, "40001") },
		"deadlock":              func(ctx context.Context, tx *pg.Tx) error { return raise(ctx, tx, "40P01") },
		"lock timeout":          func(ctx context.Context, tx *pg.Tx) error { return raise(ctx, tx, "55P03") },
	} {
		before, calls := written(t, db), 0
		resp, err := command.Run(as(t.Context(), "erp"), db, ask(name, "P"), func(ctx context.Context, tx *pg.Tx) (*response, error) {
			calls++
			resp, err := write(ctx, tx)
			if err == nil && calls < 4 {
				err = lose(ctx, tx)
			}
			return resp, err
		})
		if err != nil || !resp.GetChanged() || calls != 4 {
			t.Errorf("%s: %v, %v after %d calls", name, resp, err, calls)
		}
		if n := written(t, db) - before; n != 1 {
			t.Errorf("%s: %d rows, want those of the last call alone", name, n)
		}
	}
}

func TestWhoLosesTooOftenIsTold(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	calls := 0
	_, err := command.Run(as(t.Context(), "erp"), db, ask("id", "P"), func(ctx context.Context, tx *pg.Tx) (*response, error) {
		calls++
		resp, err := write(ctx, tx)
		if err == nil {
			err = raise(ctx, tx, "40P01")
		}
		return resp, err
	})
	var refusal *errs.Error
	if !errors.As(err, &refusal) || refusal.Kind != errs.KindAborted || refusal.Reason != "CONTENTION" {
		t.Errorf("%v, want CONTENTION", err)
	}
	if !pg.Retryable(err) || !strings.Contains(err.Error(), "made up") {
		t.Errorf("%v does not tell the log what was lost to", err)
	}
	if calls < 2 || calls > 20 {
		t.Errorf("%d calls", calls)
	}
	if written(t, db) != 0 || claims(t, db) != 0 {
		t.Errorf("%d rows and %d claims are left", written(t, db), claims(t, db))
	}
	if _, err := command.Run(as(t.Context(), "erp"), db, ask("id", "P"), write); err != nil {
		t.Errorf("the same request again: %v", err)
	}
}

func TestOtherFailuresAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	for name, failure := range map[string]func(context.Context, *pg.Tx) error{
		"a mistake":         func(context.Context, *pg.Tx) error { return errors.New("mistake") },
		"unique violation":  func(ctx context.Context, tx *pg.Tx) error { return raise(ctx, tx, "23505") },
		"statement timeout": func(ctx context.Context, tx *pg.Tx) error { return raise(ctx, tx, "57014") },
	} {
		calls := 0
		_, err := command.Run(as(t.Context(), "erp"), db, ask("id", "P"), func(ctx context.Context, tx *pg.Tx) (*response, error) {
			calls++
			return nil, failure(ctx, tx)
		})
		if err == nil || errs.Reason(err) != "" || calls != 1 {
			t.Errorf("%s: %v after %d calls", name, err, calls)
		}
	}
}

func TestWhoGivesUpWaitsNoLonger(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	ctx, cancel := context.WithCancel(as(t.Context(), "erp"))
	calls := 0
	_, err := command.Run(ctx, db, ask("id", "P"), func(context.Context, *pg.Tx) (*response, error) {
		calls++
		cancel()
		return nil, pg.ErrOvertaken
	})
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("%v after %d calls, want canceled", err, calls)
	}
	if claims(t, db) != 0 {
		t.Error("the claim is left")
	}
}

func TestARequestWithoutAnIdIsAMistake(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	_, err := command.Run(as(t.Context(), "erp"), db, ask("", "P"), write)
	if err == nil || errs.Reason(err) != "" || written(t, db) != 0 {
		t.Errorf("%v", err)
	}
}
