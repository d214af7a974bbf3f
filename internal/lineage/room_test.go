package lineage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

// Of those who keep more than a few movements one at a time attributes, for as long as what
// it keeps is needed, and however it ends; others wait, and not for ever. Who keeps few waits
// for nobody.
func TestRoom(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, "mill -> a/1 10 + b/1 10\n r#1: a/1 6 -> c/1 8"))
	room := lineage.NewRoom(2, 10*time.Millisecond)
	taken := func() bool {
		t.Helper()
		leave, err := room.Enter(t.Context())
		if err == nil {
			leave()
		} else if errs.Reason(err) != "ATTRIBUTIONS_BUSY" {
			t.Fatal(err)
		}
		return err != nil
	}
	// Lot b was received, which is one movement; of a and what came of it there are four.
	attribute := func(lot string, emit func(*lineage.Part) error) error {
		q := lineage.Query{TenantID: 1, LotIDs: []int64{world.LotIDs[lot]}, Direction: lineage.Forward, Attribute: true, Room: room}
		lineage.Resize(&q, 2000, 1)
		return db.Read(t.Context(), func(tx *pg.Snapshot) error { return lineage.Walk(t.Context(), tx, q, emit) })
	}
	ignore := func(*lineage.Part) error { return nil }
	leave, err := room.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := attribute("b/1", ignore); err != nil {
		t.Errorf("few movements: %v", err)
	}
	if err := attribute("a/1", ignore); errs.Reason(err) != "ATTRIBUTIONS_BUSY" {
		t.Errorf("more of them: %v", err)
	}
	leave()
	told, gone := 0, errors.New("gone")
	for _, end := range []error{nil, gone} {
		err := attribute("a/1", func(p *lineage.Part) error {
			told += len(p.LotAttributions)
			if need := len(p.LotAttributions) > 0; taken() != need && (need || p.Summary != nil) {
				t.Errorf("room is taken: %t, in %+v", !need, p)
			}
			if len(p.LotAttributions) > 0 {
				return end
			}
			return nil
		})
		if !errors.Is(err, end) || taken() {
			t.Errorf("%v, want %v, and room afterwards", err, end)
		}
	}
	if told != 3 {
		t.Errorf("%d lots were attributed, want two and one", told)
	}
}

// Who has gone waits for no room.
func TestNobodyWaitsForRoom(t *testing.T) {
	t.Parallel()
	room := lineage.NewRoom(2, time.Hour)
	if _, err := room.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := room.Enter(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
