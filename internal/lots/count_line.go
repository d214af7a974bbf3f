package lots

import (
	"fmt"

	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// countedLine is a line of a count, with what becomes of it.
type countedLine struct {
	row      queries.CountListLineRow
	variance stockAmount
	lotID    int64 // 0 of an untracked item, and of what is not known
	bad      bool
}

func (l *countedLine) String() string {
	if l.row.LotCode == "" {
		return fmt.Sprintf("item %q at %q", l.row.SKU, l.row.LocationCode)
	}
	return fmt.Sprintf("lot %q of item %q at %q", l.row.LotCode, l.row.SKU, l.row.LocationCode)
}

// changes are what was found (above zero) and missed. Where the pieces are as many as
// expected but do not weigh so much, or fewer weigh more, all that was expected is missed
// and what was counted is found: a quantity always moves with its weight.
func (l *countedLine) changes() []stockAmount {
	if l.row.WeightUnit == "" || l.variance.quantity.Sign() == l.variance.weight.Sign() {
		return []stockAmount{l.variance}
	}
	return []stockAmount{stockAmount{}.sub(stockAmount{l.row.Expected, l.row.ExpectedWeight}), {l.row.Counted, l.row.CountedWeight}}
}

func (l *countedLine) draw(change stockAmount) draw.Line {
	line := draw.Line{
		Path: "count_code", LocationPath: "count_code", SKU: l.row.SKU, LotCode: l.row.LotCode, LocationCode: l.row.LocationCode,
		Unit: l.row.BaseUnit, Found: change.quantity.Sign() > 0,
	}
	if !line.Found {
		change = stockAmount{}.sub(change)
	}
	line.Value = change.quantity.String()
	if l.row.WeightUnit != "" {
		line.Weight = resolve.Amount{Value: change.weight.String(), Unit: l.row.WeightUnit}
	}
	return line
}
