package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/revision"
)

// upsertParties writes parties, each code once, and returns them in order as
// they stand now and how many changed. Rows are inserted and locked as
// upsertItems does it, for the same reason.
func upsertParties(ctx context.Context, tx *pg.Tx, parties []party) ([]*lottrailv1.Party, int32, error) {
	ids, err := claimParties(ctx, tx, parties)
	if err != nil {
		return nil, 0, err
	}
	now := make([]*lottrailv1.Party, 0, len(parties))
	pushed := make([]revision.Pushed, 0, len(parties))
	for _, p := range parties {
		content := fromParty(p)
		now = append(now, content)
		pushed = append(pushed, revision.Pushed{ID: ids[p.Code], Content: content})
	}
	results, err := revision.PushAll(ctx, tx, revision.Party, pushed)
	if err != nil {
		return nil, 0, err
	}
	var changed int32
	var earlier []partyRow
	for i, r := range results {
		now[i].Revision = r.Number
		if !r.Changed {
			continue
		}
		changed++
		// Rows at their first revision were inserted just now, and are right.
		if r.Number > 1 {
			earlier = append(earlier, partyRow{party: parties[i], partyID: pushed[i].ID, revision: r.Number})
		}
	}
	if len(earlier) == 0 {
		return now, changed, nil
	}
	columns, err := partyColumns(tx.TenantID, earlier)
	if err != nil {
		return nil, 0, err
	}
	return now, changed, queries.New(tx).PartyUpdate(ctx, queries.PartyUpdateParams(columns))
}

// partyRow is a party on its way into the table.
type partyRow struct {
	party
	partyID  int64
	revision int32
}

// claimParties sees to it that there is a row for each code, locks them all,
// and returns their ids by code.
func claimParties(ctx context.Context, tx *pg.Tx, parties []party) (map[string]int64, error) {
	q := queries.New(tx)
	sorted := slices.SortedFunc(slices.Values(parties), func(a, b party) int { return cmp.Compare(a.Code, b.Code) })
	codes := make([]string, 0, len(sorted))
	for _, p := range sorted {
		codes = append(codes, p.Code)
	}
	known, err := q.PartyListKnown(ctx, queries.PartyListKnownParams{TenantID: tx.TenantID, Codes: codes})
	if err != nil {
		return nil, err
	}
	slices.Sort(known)
	var fresh []partyRow
	for _, p := range sorted {
		if _, found := slices.BinarySearch(known, p.Code); found {
			continue
		}
		id, err := tx.NextID(ctx)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, partyRow{party: p, partyID: id, revision: 1})
	}
	if len(fresh) > 0 {
		columns, err := partyColumns(tx.TenantID, fresh)
		if err != nil {
			return nil, err
		}
		if err := q.PartyInsert(ctx, columns); err != nil {
			return nil, err
		}
	}
	rows, err := q.PartyLock(ctx, queries.PartyLockParams{TenantID: tx.TenantID, Codes: codes})
	if err != nil {
		return nil, err
	}
	ids := make(map[string]int64, len(rows))
	for _, r := range rows {
		ids[r.Code] = r.PartyID
	}
	if len(ids) != len(parties) {
		return nil, fmt.Errorf("catalog: %d of %d parties are there after they were inserted", len(ids), len(parties))
	}
	return ids, nil
}

func partyColumns(tenantID int64, rows []partyRow) (queries.PartyInsertParams, error) {
	c := queries.PartyInsertParams{TenantID: tenantID}
	for _, row := range rows {
		contacts, err := contactsJSON(row.Contacts)
		if err != nil {
			return c, err
		}
		c.PartyIds = append(c.PartyIds, row.partyID)
		c.Codes = append(c.Codes, row.Code)
		c.Names = append(c.Names, row.Name)
		c.Kinds = append(c.Kinds, strings.Join(row.Kinds, ","))
		c.Glns = append(c.Glns, row.GLN)
		c.Contacts = append(c.Contacts, contacts)
		c.Addresses = append(c.Addresses, row.Address)
		c.Revisions = append(c.Revisions, row.revision)
	}
	return c, nil
}
