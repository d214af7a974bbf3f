// Package pbtype makes the messages of types.proto, which several services
// share, out of what the domain has.
package pbtype

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Quantity is an amount in a unit.
func Quantity(value qty.Decimal, unit string) *lottrailv1.Quantity {
	return &lottrailv1.Quantity{Value: value.String(), Unit: unit}
}

// Weight is a weight in the unit that an item is weighed in, nothing if it is not.
func Weight(value qty.Decimal, unit string) *lottrailv1.Quantity {
	if unit == "" {
		return nil
	}
	return Quantity(value, unit)
}

// Given is a weight as a caller gave it, all empty if none was given.
func Given(weight *lottrailv1.Quantity) resolve.Amount {
	return resolve.Amount{Value: weight.GetValue(), Unit: weight.GetUnit()}
}

// Text is a text that may be missing, and then is empty.
func Text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Time is a moment, or nothing for nil.
func Time(t *time.Time) *timestamppb.Timestamp {
	if t == nil {
		return nil
	}
	return timestamppb.New(*t)
}

// Told is the inverse of Time: the moment that a caller told, or nil.
func Told(t *timestamppb.Timestamp) *time.Time {
	if t == nil {
		return nil
	}
	told := t.AsTime()
	return &told
}

// movementKinds are the API's kinds of movements, by the ledger's.
var movementKinds = map[string]lottrailv1.MovementKind{
	string(ledger.KindReceipt):     lottrailv1.MovementKind_MOVEMENT_KIND_RECEIPT,
	string(ledger.KindTransfer):    lottrailv1.MovementKind_MOVEMENT_KIND_TRANSFER,
	string(ledger.KindConsumption): lottrailv1.MovementKind_MOVEMENT_KIND_CONSUMPTION,
	string(ledger.KindOutput):      lottrailv1.MovementKind_MOVEMENT_KIND_OUTPUT,
	string(ledger.KindShipment):    lottrailv1.MovementKind_MOVEMENT_KIND_SHIPMENT,
	string(ledger.KindAdjustment):  lottrailv1.MovementKind_MOVEMENT_KIND_ADJUSTMENT,
	string(ledger.KindScrap):       lottrailv1.MovementKind_MOVEMENT_KIND_SCRAP,
}

// MovementKind is the API's name for a ledger's kind.
func MovementKind(kind string) lottrailv1.MovementKind {
	return movementKinds[kind]
}

// MovementCode is what the ledger calls a kind of movements, nothing if it has none of it.
func MovementCode(kind lottrailv1.MovementKind) string {
	for code, k := range movementKinds {
		if k == kind {
			return code
		}
	}
	return ""
}

// Reversal is how a document was taken back, or nothing if err says that it was not.
func Reversal(recordedAt time.Time, principal, reason string, err error) (*lottrailv1.Reversal, error) {
	if err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			err = nil
		}
		return nil, err
	}
	return &lottrailv1.Reversal{Reason: reason, ReversedBy: principal, ReversedAt: timestamppb.New(recordedAt)}, nil
}

// Recorded is what a movement says of the operation that it belongs to.
type Recorded struct {
	Tx       *pg.Tx
	Op       *ledger.Operation
	Posted   *ledger.Posted
	Document string
}

// Movement is one movement of an operation just posted.
func (r Recorded) Movement(m ledger.Movement, sku, lotCode, baseUnit, weightUnit string) *lottrailv1.Movement {
	kind := r.Op.Kind
	if m.Takes != nil {
		kind = m.Takes.Kind
	}
	return &lottrailv1.Movement{
		Kind:             MovementKind(string(kind)),
		Lot:              &lottrailv1.LotKey{Sku: sku, LotCode: lotCode},
		Quantity:         Quantity(m.Quantity, baseUnit),
		Weight:           Weight(m.Weight, weightUnit),
		Share:            Share(m.Share),
		Entered:          Quantity(m.Entered.Value, m.Entered.Unit),
		FromLocationCode: m.From.Code,
		ToLocationCode:   m.To.Code,
		OccurredAt:       timestamppb.New(r.Op.OccurredAt),
		RecordedAt:       timestamppb.New(r.Posted.RecordedAt),
		Principal:        r.Tx.Principal,
		Document:         r.Document,
		Reason:           r.Op.Reason,
		BackDated:        civil.BackDated(r.Op.OccurredAt, r.Posted.RecordedAt),
	}
}

// Line is the path of a line of a request.
func Line(i int) string { return fmt.Sprintf("lines[%d]", i) }

// Share is the share that an output states; empty if it states none.
func Share(share qty.Decimal) string {
	if share.IsZero() {
		return ""
	}
	return share.String()
}
