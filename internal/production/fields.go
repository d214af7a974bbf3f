package production

import "github.com/lottrail/lottrail/internal/listing"

// consumptionFields are what the consumptions of a run are filtered and ordered by.
var consumptionFields = listing.List{
	Fields: []listing.Field{
		{Name: "lot.sku", Column: "sku", Type: listing.Text},
		{Name: "lot.lot_code", Column: "lot_code", Type: listing.Text},
		{Name: "location_code", Column: "location_code", Type: listing.Text},
		{Name: "quantity.value", Column: "quantity", Type: listing.Number},
		{Name: "entered.value", Column: "entered_quantity", Type: listing.Number},
		{Name: "entered.unit", Column: "entered_unit", Type: listing.Text},
		{Name: "weight.value", Column: "CASE WHEN weight_unit <> '' THEN weight END", Type: listing.Number, Optional: true},
		{Name: "occurred_at", Column: "occurred_at", Type: listing.Moment},
		{Name: "recorded_at", Column: "recorded_at", Type: listing.Moment},
		{Name: "principal", Column: "principal", Type: listing.Text},
		{Name: "rotation.in_rotation", Column: "in_rotation", Type: listing.Boolean, Optional: true},
		{Name: "rotation.reason", Column: "reason", Type: listing.Text, Optional: true},
	},
	Key: []listing.Term{
		{Field: listing.Field{Column: "recorded_at", Type: listing.Moment}},
		{Field: listing.Field{Column: "operation_id", Type: listing.Number}},
		{Field: listing.Field{Column: "movement_id", Type: listing.Number}},
	},
}
