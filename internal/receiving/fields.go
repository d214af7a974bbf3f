package receiving

import "github.com/lottrail/lottrail/internal/listing"

// receiptFields are what receipts are filtered and ordered by.
var receiptFields = listing.List{
	Fields: []listing.Field{
		{Name: "code", Column: "code", Type: listing.Text},
		{Name: "purchase_order_code", Column: "purchase_order_code", Type: listing.Text},
		{Name: "supplier_code", Column: "supplier_code", Type: listing.Text},
		{Name: "received_at", Column: "received_at", Type: listing.Moment},
		{Name: "recorded_at", Column: "recorded_at", Type: listing.Moment},
		{Name: "principal", Column: "principal", Type: listing.Text},
	},
	Key: []listing.Term{
		{Field: listing.Field{Column: "recorded_at", Type: listing.Moment}, Desc: true},
		{Field: listing.Field{Column: "receipt_id", Type: listing.Number}, Desc: true},
	},
}
