package lots

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/listing"
	"github.com/lottrail/lottrail/internal/pbtype"
)

// lotFields are what lots are filtered and ordered by.
var lotFields = listing.List{
	Fields: []listing.Field{
		{Name: "sku", Column: "sku", Type: listing.Text},
		{Name: "lot_code", Column: "lot_code", Type: listing.Text},
		{Name: "item_name", Column: "item_name", Type: listing.Text},
		{Name: "inferred", Column: "inferred", Type: listing.Boolean},
		{Name: "supplier_code", Column: "supplier_code", Type: listing.Text, Optional: true},
		{Name: "supplier_lot_code", Column: "supplier_lot_code", Type: listing.Text},
		{Name: "production_order_code", Column: "production_order_code", Type: listing.Text, Optional: true},
		{Name: "run_code", Column: "run_code", Type: listing.Text, Optional: true},
		{Name: "production_date", Column: "production_date", Type: listing.Date, Optional: true},
		{Name: "best_before_date", Column: "best_before_date", Type: listing.Date, Optional: true},
		{Name: "expiry_date", Column: "expiry_date", Type: listing.Date, Optional: true},
		{Name: "removal_date", Column: "removal_date", Type: listing.Date, Optional: true},
		{Name: "active_hold_count", Column: "hold_count", Type: listing.Number},
		{Name: "on_hand.value", Column: "on_hand", Type: listing.Number},
		{Name: "created_at", Column: "created_at", Type: listing.Moment},
	},
	Key: []listing.Term{
		{Field: listing.Field{Column: "sku", Type: listing.Text}},
		{Field: listing.Field{Column: "lot_code", Type: listing.Text}},
	},
}

// contentFields are what contents of locations are filtered and ordered by.
var contentFields = listing.List{
	Fields: []listing.Field{
		{Name: "location_code", Column: "location_code", Type: listing.Text},
		{Name: "lot.sku", Column: "sku", Type: listing.Text},
		{Name: "lot.lot_code", Column: "lot_code", Type: listing.Text},
		{Name: "item_name", Column: "item_name", Type: listing.Text},
		{Name: "on_hand.value", Column: "on_hand", Type: listing.Number},
		{Name: "held.value", Column: "CASE WHEN hold_count > 0 THEN on_hand ELSE 0 END", Type: listing.Number},
		{Name: "available.value", Column: "CASE WHEN hold_count > 0 THEN 0 ELSE on_hand - reserved END", Type: listing.Number},
		{Name: "reserved.value", Column: "reserved", Type: listing.Number},
		{Name: "production_date", Column: "production_date", Type: listing.Date, Optional: true},
		{Name: "best_before_date", Column: "best_before_date", Type: listing.Date, Optional: true},
		{Name: "expiry_date", Column: "expiry_date", Type: listing.Date, Optional: true},
		{Name: "received_at", Column: "received_at", Type: listing.Moment},
		{Name: "active_hold_count", Column: "hold_count", Type: listing.Number},
	},
	Key: []listing.Term{
		{Field: listing.Field{Column: "location_code", Type: listing.Text}},
		{Field: listing.Field{Column: "sku", Type: listing.Text}},
		{Field: listing.Field{Column: "lot_code", Type: listing.Text}},
	},
}

// holdFields are what the holds of a lot are filtered and ordered by.
var holdFields = listing.List{
	Fields: []listing.Field{
		{Name: "number", Column: "number", Type: listing.Number},
		{Name: "reason", Column: "reason", Type: listing.Text},
		{Name: "reason_code", Column: "reason_code", Type: listing.Enum, Values: listing.Stored(lottrailv1.HoldReason_name, func(r lottrailv1.HoldReason) string {
			return string(pbtype.HoldCode(r))
		})},
		{Name: "placed_by", Column: "placed_by", Type: listing.Text},
		{Name: "placed_at", Column: "placed_at", Type: listing.Moment},
		{Name: "active", Column: "released_at IS NULL", Type: listing.Boolean},
		{Name: "release_reason", Column: "release_reason", Type: listing.Text, Optional: true},
		{Name: "released_by", Column: "released_by", Type: listing.Text, Optional: true},
		{Name: "released_at", Column: "released_at", Type: listing.Moment, Optional: true},
		{Name: "case_number", Column: "case_number", Type: listing.Text, Optional: true},
		{Name: "location_code", Column: "location_code", Type: listing.Text, Optional: true},
		{Name: "until", Column: "until", Type: listing.Moment, Optional: true},
	},
	Key: []listing.Term{{Field: listing.Field{Column: "number", Type: listing.Number}}},
}

// countFields are what counts are filtered and ordered by.
var countFields = listing.List{
	Fields: []listing.Field{
		{Name: "count_code", Column: "code", Type: listing.Text},
		{Name: "location_code", Column: "location_code", Type: listing.Text},
		{Name: "blind", Column: "blind", Type: listing.Boolean},
		{Name: "tolerance_percent", Column: "tolerance_percent", Type: listing.Number, Optional: true},
		{Name: "note", Column: "note", Type: listing.Text},
		{Name: "state", Column: "state", Type: listing.Enum, Values: listing.Stored(lottrailv1.CountState_name, func(s lottrailv1.CountState) string {
			return stateName(countStates, s)
		})},
		{Name: "opened_by", Column: "opened_by", Type: listing.Text},
		{Name: "opened_at", Column: "opened_at", Type: listing.Moment},
		{Name: "closed_by", Column: "closed_by", Type: listing.Text, Optional: true},
		{Name: "closed_at", Column: "closed_at", Type: listing.Moment, Optional: true},
		{Name: "closing_reason", Column: "closing_reason", Type: listing.Text, Optional: true},
	},
	Key: []listing.Term{{Field: listing.Field{Column: "code", Type: listing.Text}}},
}

// expiringFields are what expiring lots are filtered and ordered by.
var expiringFields = listing.List{
	Fields: []listing.Field{
		{Name: "lot.sku", Column: "sku", Type: listing.Text},
		{Name: "lot.lot_code", Column: "lot_code", Type: listing.Text},
		{Name: "item_name", Column: "item_name", Type: listing.Text},
		{Name: "category", Column: "category", Type: listing.Text, Optional: true},
		{Name: "location_code", Column: "location_code", Type: listing.Text},
		{Name: "site_code", Column: "site_code", Type: listing.Text},
		{Name: "on_hand.value", Column: "on_hand", Type: listing.Number},
		{Name: "dates.production_date", Column: "production_date", Type: listing.Date, Optional: true},
		{Name: "dates.best_before_date", Column: "best_before_date", Type: listing.Date, Optional: true},
		{Name: "dates.expiry_date", Column: "expiry_date", Type: listing.Date, Optional: true},
		{Name: "dates.removal_date", Column: "removal_date", Type: listing.Date, Optional: true},
		{Name: "last_day", Column: "last_day", Type: listing.Date},
		{Name: "remaining_days", Column: "last_day - day", Type: listing.Number},
		{Name: "active_hold_count", Column: "hold_count", Type: listing.Number},
	},
	Key: []listing.Term{
		{Field: listing.Field{Column: "last_day", Type: listing.Date}},
		{Field: listing.Field{Column: "sku", Type: listing.Text}},
		{Field: listing.Field{Column: "lot_code", Type: listing.Text}},
		{Field: listing.Field{Column: "location_code", Type: listing.Text}},
	},
}

// shrinkFields are what shrink is filtered and ordered by, summed up in one way.
func shrinkFields(by lottrailv1.ShrinkGroupBy) listing.List {
	list := listing.List{
		Fields: []listing.Field{
			{Name: "sku", Column: "sku", Type: listing.Text},
			{Name: "lot_code", Column: "lot_code", Type: listing.Text},
			{Name: "reason_code", Column: "reason_code", Type: listing.Enum, Values: listing.Stored(lottrailv1.AdjustmentReason_name, pbtype.AdjustmentCode)},
			{Name: "found.value", Column: "found", Type: listing.Number},
			{Name: "missed.value", Column: "missed", Type: listing.Number},
			{Name: "scrapped.value", Column: "scrapped", Type: listing.Number},
			{Name: "net.value", Column: "found - missed - scrapped", Type: listing.Number},
			{Name: "movement_count", Column: "movement_count", Type: listing.Number},
		},
		Key: []listing.Term{
			{Field: listing.Field{Column: "key", Type: listing.Text}},
			{Field: listing.Field{Column: "sku", Type: listing.Text}},
			{Field: listing.Field{Column: "lot_code", Type: listing.Text}},
			{Field: listing.Field{Column: "reason_code", Type: listing.Text}},
		},
	}
	switch by {
	case lottrailv1.ShrinkGroupBy_SHRINK_GROUP_BY_LOCATION:
		list.Fields = append(list.Fields, listing.Field{Name: "location_code", Column: "key", Type: listing.Text})
	case lottrailv1.ShrinkGroupBy_SHRINK_GROUP_BY_DAY, lottrailv1.ShrinkGroupBy_SHRINK_GROUP_BY_MONTH:
		list.Fields = append(list.Fields, listing.Field{Name: "period", Column: "key", Type: listing.Text})
	}
	return list
}
