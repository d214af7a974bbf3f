package dispatch

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/listing"
)

// reservationFields are what reservations are filtered and ordered by.
var reservationFields = listing.List{
	Fields: []listing.Field{
		{Name: "lot.sku", Column: "sku", Type: listing.Text},
		{Name: "lot.lot_code", Column: "lot_code", Type: listing.Text},
		{Name: "number", Column: "number", Type: listing.Number},
		{Name: "location_code", Column: "location_code", Type: listing.Text},
		{Name: "sales_order_code", Column: "order_code", Type: listing.Text},
		{Name: "sales_order_line_number", Column: "order_line_number", Type: listing.Number},
		{Name: "quantity.value", Column: "quantity", Type: listing.Number},
		{Name: "expires_at", Column: "expires_at", Type: listing.Moment},
		{
			Name: "state", Column: "CASE WHEN quantity = 0 THEN 'ended' WHEN expired THEN 'expired' ELSE 'active' END", Type: listing.Enum,
			Values: listing.Stored(lottrailv1.ReservationState_name, func(s lottrailv1.ReservationState) string { return stateNames[s] }),
		},
		{Name: "reserved_by", Column: "reserved_by", Type: listing.Text},
		{Name: "reserved_at", Column: "reserved_at", Type: listing.Moment},
	},
	Key: []listing.Term{
		{Field: listing.Field{Column: "expires_at", Type: listing.Moment}},
		{Field: listing.Field{Column: "lot_id", Type: listing.Number}},
		{Field: listing.Field{Column: "number", Type: listing.Number}},
		{Field: listing.Field{Column: "location_id", Type: listing.Number}},
	},
}
