package lots

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/listing"
	"github.com/lottrail/lottrail/internal/pbtype"
)

// stockFields are what the places of a lot are filtered and ordered by.
var stockFields = listing.List{
	Fields: []listing.Field{
		{Name: "location_code", Column: "code", Type: listing.Text},
		{Name: "on_hand.value", Column: "on_hand", Type: listing.Number},
		{Name: "held.value", Column: "CASE WHEN held THEN on_hand ELSE 0 END", Type: listing.Number},
		{Name: "available.value", Column: "CASE WHEN held THEN 0 ELSE on_hand - reserved END", Type: listing.Number},
		{Name: "reserved.value", Column: "reserved", Type: listing.Number},
		{Name: "weight.value", Column: "CASE WHEN weight_unit <> '' THEN weight END", Type: listing.Number, Optional: true},
	},
	Key: []listing.Term{{Field: listing.Field{Column: "code", Type: listing.Text}}},
}

// movementFields are what the movements of a lot are filtered and ordered by.
var movementFields = listing.List{
	Fields: []listing.Field{
		{Name: "kind", Column: "kind", Type: listing.Enum, Values: listing.Stored(lottrailv1.MovementKind_name, pbtype.MovementCode)},
		{Name: "quantity.value", Column: "quantity", Type: listing.Number},
		{Name: "entered.value", Column: "entered_quantity", Type: listing.Number},
		{Name: "entered.unit", Column: "entered_unit", Type: listing.Text},
		{Name: "weight.value", Column: "CASE WHEN weight_unit <> '' THEN weight END", Type: listing.Number, Optional: true},
		{Name: "from_location_code", Column: "from_code", Type: listing.Text},
		{Name: "to_location_code", Column: "to_code", Type: listing.Text},
		{Name: "occurred_at", Column: "occurred_at", Type: listing.Moment},
		{Name: "recorded_at", Column: "recorded_at", Type: listing.Moment},
		{Name: "principal", Column: "principal", Type: listing.Text},
		// As documentOf has it, and back_dated as civil.BackDated.
		{Name: "document", Column: "coalesce(receipt_code, shipment_code, production_order_code || '/' || run_code, count_code)", Type: listing.Text},
		{Name: "reason", Column: "reason", Type: listing.Text},
		{Name: "reason_code", Column: "reason_code", Type: listing.Enum, Values: listing.Stored(lottrailv1.AdjustmentReason_name, pbtype.AdjustmentCode)},
		{Name: "approved_by", Column: "approved_by", Type: listing.Text},
		{Name: "back_dated", Column: "recorded_at - occurred_at > interval '1 hour'", Type: listing.Boolean},
	},
	Key: []listing.Term{
		{Field: listing.Field{Column: "recorded_at", Type: listing.Moment}},
		{Field: listing.Field{Column: "operation_id", Type: listing.Number}},
		{Field: listing.Field{Column: "movement_id", Type: listing.Number}},
	},
}

// dateChangeFields are what the changes of a lot's dates are filtered and ordered by.
var dateChangeFields = listing.List{
	Fields: []listing.Field{
		{Name: "number", Column: "number", Type: listing.Number},
		{Name: "before.production_date", Column: "old_production_date", Type: listing.Date, Optional: true},
		{Name: "before.best_before_date", Column: "old_best_before_date", Type: listing.Date, Optional: true},
		{Name: "before.expiry_date", Column: "old_expiry_date", Type: listing.Date, Optional: true},
		{Name: "before.removal_date", Column: "old_removal_date", Type: listing.Date, Optional: true},
		{Name: "after.production_date", Column: "new_production_date", Type: listing.Date, Optional: true},
		{Name: "after.best_before_date", Column: "new_best_before_date", Type: listing.Date, Optional: true},
		{Name: "after.expiry_date", Column: "new_expiry_date", Type: listing.Date, Optional: true},
		{Name: "after.removal_date", Column: "new_removal_date", Type: listing.Date, Optional: true},
		{Name: "reason", Column: "reason", Type: listing.Text},
		{Name: "retest_reference", Column: "retest_reference", Type: listing.Text},
		{Name: "changed_by", Column: "principal", Type: listing.Text},
		{Name: "changed_at", Column: "recorded_at", Type: listing.Moment},
	},
	Key: []listing.Term{{Field: listing.Field{Column: "number", Type: listing.Number}}},
}
