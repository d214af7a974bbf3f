package catalog

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/revision"
)

// DeactivateLocation implements lottrailv1.CatalogServiceServer.
//
// A posting that looked the location up before, and has not brought its stock when
// this commits, looks again when it has (ledger.Post); one that has is waited for,
// and its stock found.
func (s *Service) DeactivateLocation(ctx context.Context, req *lottrailv1.DeactivateLocationRequest) (*lottrailv1.DeactivateLocationResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.DeactivateLocationResponse, error) {
		at, _, err := lockLocation(ctx, tx, req.GetCode())
		if err != nil {
			return nil, err
		}
		resp := &lottrailv1.DeactivateLocationResponse{Changed: at.Reason == nil}
		if !resp.Changed {
			resp.Location, err = writeReason(ctx, tx, at, at.Reason)
			return resp, err
		}
		if at.Active {
			if err := closeBranch(ctx, tx, at); err != nil {
				return nil, err
			}
		}
		reason := req.GetReason()
		resp.Location, err = writeReason(ctx, tx, at, &reason)
		return resp, err
	})
}

// closeBranch makes a location and everything under it inactive.
func closeBranch(ctx context.Context, tx *pg.Tx, at storedLocation) error {
	branch, err := readBranch(ctx, tx, []int64{at.LocationID}, []int64{})
	if err != nil {
		return err
	}
	_, stocks, err := branch.stock(ctx, tx)
	if err != nil {
		return err
	}
	if len(stocks) > 0 {
		return errs.Precondition("code", "LOCATION_IN_USE", "there is stock in location %q, which nobody would look for in a closed place: %s; move it out first", at.Code, describeStock(stocks))
	}
	return queries.New(tx).LocationClose(ctx, queries.LocationCloseParams{TenantID: tx.TenantID, LocationIds: branch.ids})
}

// ReactivateLocation implements lottrailv1.CatalogServiceServer.
func (s *Service) ReactivateLocation(ctx context.Context, req *lottrailv1.ReactivateLocationRequest) (*lottrailv1.ReactivateLocationResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ReactivateLocationResponse, error) {
		at, above, err := lockLocation(ctx, tx, req.GetCode())
		if err != nil {
			return nil, err
		}
		if closed := above.deactivated(above.parents[at.Code]); closed != "" {
			return nil, errs.Precondition("code", "LOCATION_INACTIVE", "location %q lies in %q, which was deactivated; reactivate that first", at.Code, closed)
		}
		resp := &lottrailv1.ReactivateLocationResponse{Changed: at.Reason != nil}
		if resp.Location, err = writeReason(ctx, tx, at, nil); err != nil || !resp.Changed {
			return resp, err
		}
		resp.Location.Active = true
		return resp, queries.New(tx).LocationOpen(ctx, queries.LocationOpenParams{TenantID: tx.TenantID, LocationIds: []int64{at.LocationID}})
	})
}

// lockLocation locks the tree and finds a location in it.
func lockLocation(ctx context.Context, tx *pg.Tx, code string) (storedLocation, tree, error) {
	_, err := queries.New(tx).LocationLockTree(ctx, queries.LocationLockTreeParams{TenantID: tx.TenantID, GuardID: ledger.Supplier})
	if err != nil {
		return storedLocation{}, tree{}, err
	}
	stored, err := readAbove(ctx, tx, tx.TenantID, []string{code})
	if err != nil {
		return storedLocation{}, tree{}, err
	}
	at, found := stored[code]
	if !found || at.Kind == kindVirtual {
		return at, tree{}, resolve.UnknownLocation(resolve.Key{Path: "code", Value: code})
	}
	return at, newTree(nil, stored), nil
}

// writeReason gives a location a reason to be deactivated, or none, in a revision if
// it is another, and returns it as it stands then.
func writeReason(ctx context.Context, tx *pg.Tx, at storedLocation, reason *string) (*lottrailv1.Location, error) {
	now := &lottrailv1.Location{}
	if _, err := revision.Latest(ctx, tx, tx.TenantID, revision.Location, at.LocationID, now); err != nil {
		return nil, err
	}
	now.Deactivated, now.DeactivationReason = reason != nil, ""
	if reason != nil {
		now.DeactivationReason = *reason
	}
	number, changed, err := revision.Push(ctx, tx, revision.Location, at.LocationID, now)
	if err != nil {
		return nil, err
	}
	now.Revision, now.Active = number, at.Active && reason == nil
	if !changed {
		return now, nil
	}
	return now, queries.New(tx).LocationSetDeactivation(ctx, queries.LocationSetDeactivationParams{
		TenantID: tx.TenantID, LocationID: at.LocationID, Reason: reason, Revision: number,
	})
}
