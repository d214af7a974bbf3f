package lots

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// PlaceHold implements lottrailv1.LotsServiceServer.
func (s *Service) PlaceHold(ctx context.Context, req *lottrailv1.PlaceHoldRequest) (*lottrailv1.PlaceHoldResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.PlaceHoldResponse, error) {
		if err := checkUntil(pbtype.Told(req.GetUntil()), time.Now()); err != nil {
			return nil, err
		}
		placed := ledger.HoldChange{Reason: req.GetReason(), Code: pbtype.HoldCode(req.GetReasonCode()), Until: pbtype.Told(req.GetUntil())}
		if err := checkHoldCode(placed.Code); err != nil {
			return nil, err
		}
		if code := req.GetLocationCode(); code != "" {
			locations, err := resolve.Locations(ctx, tx, tx.TenantID, resolve.Keys{{Path: "location_code", Value: code}})
			if err != nil {
				return nil, err
			}
			placed.LocationID = locations[code].LocationID
		}
		lotID, locked, err := lockLot(ctx, tx, lotKey(req))
		if err != nil {
			return nil, err
		}
		placed.LotID = lotID
		op := &ledger.Operation{Kind: ledger.KindHold, OccurredAt: time.Now(), Reason: req.GetReason(), Holds: []ledger.HoldChange{placed}}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		return &lottrailv1.PlaceHoldResponse{Hold: &lottrailv1.Hold{
			Number: posted.HoldNumbers[0], Reason: req.GetReason(), PlacedBy: tx.Principal, PlacedAt: timestamppb.New(posted.RecordedAt), Active: true,
			LocationCode: req.GetLocationCode(), ReasonCode: req.GetReasonCode(), Until: req.GetUntil(),
		}}, nil
	})
}

// ReleaseHold implements lottrailv1.LotsServiceServer.
func (s *Service) ReleaseHold(ctx context.Context, req *lottrailv1.ReleaseHoldRequest) (*lottrailv1.ReleaseHoldResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ReleaseHoldResponse, error) {
		lotID, locked, err := lockLot(ctx, tx, lotKey(req))
		if err != nil {
			return nil, err
		}
		hold, err := queries.New(tx).HoldGet(ctx, queries.HoldGetParams{TenantID: tx.TenantID, LotID: lotID, Number: req.GetNumber()})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, errs.NotFound("number", "UNKNOWN_HOLD", "lot %q of item %q has no hold %d; list its holds to see which there are",
				req.GetLotCode(), req.GetSku(), req.GetNumber())
		}
		if err != nil {
			return nil, err
		}
		if err := checkRelease(req.GetNumber(), locked[lotID], hold.CaseNumber, hold.RecallState); err != nil {
			return nil, err
		}
		op := &ledger.Operation{
			Kind: ledger.KindRelease, OccurredAt: time.Now(), Reason: req.GetReason(), Document: ledger.Document{RecallID: hold.RecallID},
			Holds: []ledger.HoldChange{{LotID: lotID, Release: req.GetNumber()}},
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		return &lottrailv1.ReleaseHoldResponse{Hold: &lottrailv1.Hold{
			Number: hold.Number, Reason: hold.Reason, CaseNumber: pbtype.Text(hold.CaseNumber), PlacedBy: hold.PlacedBy, PlacedAt: timestamppb.New(hold.PlacedAt),
			ReleaseReason: req.GetReason(), ReleasedBy: tx.Principal, ReleasedAt: timestamppb.New(posted.RecordedAt),
			LocationCode: pbtype.Text(hold.LocationCode), ReasonCode: pbtype.HoldReason(hold.ReasonCode), Until: pbtype.Time(hold.Until),
		}}, nil
	})
}

func lockLot(ctx context.Context, tx *pg.Tx, key resolve.LotKey) (int64, ledger.Locked, error) {
	lotID, err := resolve.Lot(ctx, tx, tx.TenantID, key)
	if err != nil {
		return 0, nil, err
	}
	locked, err := ledger.Lock(ctx, tx, []int64{lotID})
	return lotID, locked, err
}
