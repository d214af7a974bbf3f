// Package codeseries gives new lots their codes, by the patterns of their items.
//
// The last number of a series is in a row that is locked until the transaction ends:
// no two lots get the same code, and a transaction that is rolled back takes its
// numbers with it, so that none is left out. That makes those who generate codes of
// one series come one after the other; whoever gives codes waits for nobody.
package codeseries

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Want is a lot that is to be given a code.
type Want struct {
	Path string // of the line, for messages
	Item *resolve.Item
	Day  time.Time // on which it is received or made, at the site
}

// Name is what a lot is known by.
type Name struct {
	ItemID  int64
	LotCode string
}

// Codes finds a code for each want. Codes that stand for a lot, and those in given,
// which are of the same request, are passed over. It is called when all lots that exist
// are locked, and last before ledger.Post: series come between the two in the order of
// locks.
//
// Errors: LOT_CODES_EXHAUSTED. A lot that somebody makes by the same code meanwhile is
// found out by ledger.Post.
func Codes(ctx context.Context, tx *pg.Tx, wants []Want, given map[Name]bool) ([]string, error) {
	codes := make([]string, len(wants))
	if len(wants) == 0 {
		return codes, nil
	}
	all, err := group(wants)
	if err != nil {
		return nil, err
	}
	if err := lock(ctx, tx, all); err != nil {
		return nil, err
	}
	for open := all; len(open) > 0; {
		taken, err := listTaken(ctx, tx, open)
		if err != nil {
			return nil, err
		}
		for _, s := range open {
			s.take(func(code string) bool {
				name := Name{s.itemID, code}
				return taken[name] || given[name]
			}, codes)
		}
		open = slices.DeleteFunc(slices.Clone(open), func(s *series) bool { return len(s.wants) == 0 })
		for _, s := range open {
			if err := s.look(wants); err != nil {
				return nil, err
			}
		}
	}
	params := queries.LotCodeCounterSetParams{TenantID: tx.TenantID}
	for _, s := range all {
		params.ItemIds = append(params.ItemIds, s.itemID)
		params.Scopes = append(params.Scopes, s.scope)
		params.Lasts = append(params.Lasts, s.last)
	}
	return codes, queries.New(tx.Queued(nil)).LotCodeCounterSet(ctx, params)
}

// lock locks the counters, and begins the search where they stand.
func lock(ctx context.Context, tx *pg.Tx, all []*series) error {
	params := queries.LotCodeCounterLockParams{TenantID: tx.TenantID}
	for _, s := range all {
		params.ItemIds = append(params.ItemIds, s.itemID)
		params.Scopes = append(params.Scopes, s.scope)
	}
	rows, err := queries.New(tx).LotCodeCounterLock(ctx, params)
	if err != nil {
		return err
	}
	for _, r := range rows {
		i, _ := slices.BinarySearchFunc(all, key{r.ItemID, r.Scope}, func(s *series, k key) int { return s.compare(k) })
		all[i].last = r.Last
	}
	for _, s := range all {
		if err := s.look(nil); err != nil {
			return err
		}
	}
	return nil
}

// listTaken says which of the codes that are looked at stand for a lot. It is asked
// when the counters are locked: what others generated before is there to see.
func listTaken(ctx context.Context, tx *pg.Tx, open []*series) (map[Name]bool, error) {
	params := queries.LotCodeListTakenParams{TenantID: tx.TenantID}
	for _, s := range open {
		for _, code := range s.candidates {
			params.ItemIds = append(params.ItemIds, s.itemID)
			params.LotCodes = append(params.LotCodes, code)
		}
	}
	rows, err := queries.New(tx).LotCodeListTaken(ctx, params)
	taken := make(map[Name]bool, len(rows))
	for _, r := range rows {
		taken[Name{r.ItemID, r.LotCode}] = true
	}
	return taken, err
}

// key is what numbers run within.
type key struct {
	itemID int64
	scope  string
}

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.itemID, other.itemID), cmp.Compare(k.scope, other.scope))
}
