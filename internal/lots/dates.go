package lots

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/expiry"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

// ChangeLotDates implements lottrailv1.LotsServiceServer.
func (s *Service) ChangeLotDates(ctx context.Context, req *lottrailv1.ChangeLotDatesRequest) (*lottrailv1.ChangeLotDatesResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ChangeLotDatesResponse, error) {
		wish, err := readWish(req)
		if err != nil {
			return nil, err
		}
		item, lot, locked, err := lockForDates(ctx, tx, lotKey(req))
		if err != nil {
			return nil, err
		}
		now := time.Now()
		today, err := expiry.Today(ctx, tx, lot, now)
		if err != nil {
			return nil, err
		}
		has := shelflife.Dates{Production: lot.ProductionDate, BestBefore: lot.BestBeforeDate, Expiry: lot.ExpiryDate, Removal: lot.RemovalDate}
		is, err := shelflife.Change(item, lot.LotCode, has, wish, today)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{
			Kind: ledger.KindDateChange, OccurredAt: now, Reason: req.GetReason(),
			Dates: []ledger.DateChange{{
				LotID: lot.LotID, ProductionDate: is.Production, BestBeforeDate: is.BestBefore, ExpiryDate: is.Expiry, RemovalDate: is.Removal,
				RetestReference: req.GetRetestReference(),
			}},
		}
		if op.Holds, err = expiry.Change(ctx, tx, lot, is.LastDay(), today); err != nil {
			return nil, err
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		return changed(req, has, is, posted, tx.Principal), nil
	})
}

func changed(req *lottrailv1.ChangeLotDatesRequest, has, is shelflife.Dates, posted *ledger.Posted, principal string) *lottrailv1.ChangeLotDatesResponse {
	resp := &lottrailv1.ChangeLotDatesResponse{Change: &lottrailv1.LotDateChange{
		Number: posted.DateChanges[0],
		Before: pbtype.LotDates(has.Production, has.BestBefore, has.Expiry, has.Removal),
		After:  pbtype.LotDates(is.Production, is.BestBefore, is.Expiry, is.Removal),
		Reason: req.GetReason(), RetestReference: req.GetRetestReference(),
		ChangedBy: principal, ChangedAt: timestamppb.New(posted.RecordedAt),
	}}
	for _, number := range posted.HoldNumbers {
		resp.ReleasedHoldNumber = number
	}
	return resp
}

func readWish(req *lottrailv1.ChangeLotDatesRequest) (shelflife.Wish, error) {
	wish := shelflife.Wish{Retest: req.GetRetestReference()}
	for _, d := range []struct {
		field, text string
		date        **time.Time
	}{
		{"production_date", req.GetProductionDate(), &wish.Given.Production},
		{"best_before_date", req.GetBestBeforeDate(), &wish.Given.BestBefore},
		{"expiry_date", req.GetExpiryDate(), &wish.Given.Expiry},
		{"removal_date", req.GetRemovalDate(), &wish.Given.Removal},
	} {
		var err error
		if *d.date, err = civil.ParseOptional(d.field, d.text); err != nil {
			return wish, err
		}
	}
	for _, d := range req.GetDropDates() {
		switch d {
		case lottrailv1.LotDate_LOT_DATE_PRODUCTION:
			wish.Drop.Production = true
		case lottrailv1.LotDate_LOT_DATE_BEST_BEFORE:
			wish.Drop.BestBefore = true
		case lottrailv1.LotDate_LOT_DATE_EXPIRY:
			wish.Drop.Expiry = true
		case lottrailv1.LotDate_LOT_DATE_REMOVAL:
			wish.Drop.Removal = true
		}
	}
	return wish, nil
}

// lockForDates locks a lot, and reads its item.
func lockForDates(ctx context.Context, tx *pg.Tx, key resolve.LotKey) (*resolve.Item, *ledger.LockedLot, ledger.Locked, error) {
	lookup := resolve.NewLookup(tx.TenantID)
	items := lookup.Items(resolve.Keys{{Path: "sku", Value: key.SKU}})
	locked, ids := lookup.LockLots(ctx, tx, []resolve.LotKey{key})
	if err := lookup.Do(ctx, tx); err != nil {
		return nil, nil, nil, err
	}
	lot := locked[ids[resolve.LotName{SKU: key.SKU, LotCode: key.LotCode}]]
	if lot == nil {
		return nil, nil, nil, resolve.UnknownLot(key)
	}
	return items[key.SKU], lot, locked, nil
}

// ListLotDateChanges implements lottrailv1.LotsServiceServer.
func (s *Service) ListLotDateChanges(ctx context.Context, req *lottrailv1.ListLotDateChangesRequest) (*lottrailv1.ListLotDateChangesResponse, error) {
	var after int32
	view, err := dateChangeFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	lotID, err := resolve.Lot(ctx, s.db, tenantID, lotKey(req))
	if err != nil {
		return nil, err
	}
	var rows []queries.LotListDateChangeRow
	err = view.Read(ctx, s.db, func(q *queries.Queries) (err error) {
		rows, err = q.LotListDateChange(ctx, queries.LotListDateChangeParams{TenantID: tenantID, LotID: lotID, AfterNumber: after, RowLimit: size + 1})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListLotDateChangesResponse{}
	for _, r := range rows {
		resp.Changes = append(resp.Changes, &lottrailv1.LotDateChange{
			Number: r.Number,
			Before: pbtype.LotDates(r.OldProductionDate, r.OldBestBeforeDate, r.OldExpiryDate, r.OldRemovalDate),
			After:  pbtype.LotDates(r.NewProductionDate, r.NewBestBeforeDate, r.NewExpiryDate, r.NewRemovalDate),
			Reason: r.Reason, RetestReference: r.RetestReference, ChangedBy: r.Principal, ChangedAt: timestamppb.New(r.RecordedAt),
		})
	}
	if more {
		resp.NextPageToken, err = view.Token(req, len(rows)-1, rows[len(rows)-1].Number)
	}
	return resp, err
}
