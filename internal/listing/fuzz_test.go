package listing_test

import (
	"encoding/json"
	"errors"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/listing"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/queries"
)

// lots has a field of every type.
var lots = listing.List{
	Fields: []listing.Field{
		{Name: "sku", Column: "sku", Type: listing.Text},
		{Name: "supplier_code", Column: "supplier_code", Type: listing.Text, Optional: true},
		{Name: "inferred", Column: "inferred", Type: listing.Boolean},
		{Name: "expiry_date", Column: "expiry_date", Type: listing.Date, Optional: true},
		{Name: "on_hand.value", Column: "on_hand", Type: listing.Number},
		{Name: "created_at", Column: "created_at", Type: listing.Moment},
		{Name: "state", Column: "CASE WHEN hold_count > 0 THEN 'held' ELSE 'free' END", Type: listing.Enum, Values: map[string]string{"HELD": "held", "FREE": "free"}},
	},
	Key: []listing.Term{{Field: listing.Field{Column: "sku", Type: listing.Text}}, {Field: listing.Field{Column: "lot_code", Type: listing.Text}}},
}

// FuzzFilters: whatever is asked for, and with whatever token, PostgreSQL understands the
// statement or it is refused before, and a tenant without lots sees none of another's.
func FuzzFilters(f *testing.F) {
	a, _ := newHouse(f)
	for _, filter := range []string{
		"", `sku = "FLOUR"`, `sku = "a" OR NOT supplier_code:*`, `-(inferred = true)`, `expiry_date < "2099-01-02" AND expiry_date:*`, `on_hand.value >= -1.5`,
		`created_at > "2026-01-01T00:00:00Z"`, `state != HELD`, `supplier_code:"É"`, `sku = "' OR true --"`, `sku = "a\000"`, `sku = "\ud800"`, `sku = "\x5c'"`,
		`expiry_date = "9999-12-31"`, `expiry_date = "0000-01-01"`, `created_at < "0001-01-01T00:00:00+23:59"`, `on_hand.value = 00000000000000000000000000000000001`,
		`on_hand.value = .5`, `on_hand.value = 5.`, `on_hand.value = 1e9`, `on_hand.value = "NaN"`, `sku = "$1"`, `sku.x = 1`, `((sku="a"))`, `true = true OR 1=1`,
	} {
		for _, by := range []string{"", "expiry_date desc, on_hand.value", "supplier_code, created_at desc, inferred"} {
			f.Add(filter, by, `["2099-01-01", "1", "FLOUR", "a"]`)
			f.Add(filter, by, `[null, "1", "FLOUR", "' --"]`)
		}
	}
	f.Fuzz(func(t *testing.T, filter, by, key string) {
		if len(filter) > 2000 || len(by) > 200 || len(key) > 2000 {
			t.Skip("the field rules refuse it")
		}
		req := &pb.ListLotsRequest{Filter: filter, OrderBy: by}
		var values []*string
		if json.Unmarshal([]byte(key), &values) == nil && len(values) > 0 {
			if token, err := page.Encode(req, values); err == nil {
				req.PageToken = token
			}
		}
		var after struct{}
		view, err := lots.Open(req, &after)
		if err != nil {
			var refusal *errs.Error
			if !errors.As(err, &refusal) {
				t.Skipf("no request has text that is not UTF-8: %v", err)
			}
			return
		}
		err = view.Read(t.Context(), a.DB, func(q *queries.Queries) error {
			rows, err := q.LotListWhole(t.Context(), queries.LotListWholeParams{TenantID: 2, RowLimit: 10})
			if len(rows) > 0 {
				t.Errorf("filter %q, order_by %q: it sees %v", filter, by, rows)
			}
			return err
		})
		if err != nil {
			t.Errorf("filter %q, order_by %q, behind %s: %v", filter, by, key, err)
		}
	})
}
