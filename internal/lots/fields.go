package lots

import "github.com/lottrail/lottrail/internal/listing"

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
