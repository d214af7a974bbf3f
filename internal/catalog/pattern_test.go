package catalog

import (
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
)

func TestCheckPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tracking, pattern, reason string }{
		{"lot", "", ""},
		{"none", "", ""},
		{"serial", "", ""},
		{"lot", "LOT-{YYYY}-{MM}-{###}", ""},
		{"none", "{###}", "PATTERN_NOT_ALLOWED"},
		{"serial", "{###}", "PATTERN_NOT_ALLOWED"},
		{"lot", "LOT", "PATTERN_WITHOUT_NUMBER"},
		{"lot", "{###", "PATTERN_BRACE_NOT_CLOSED"},
	} {
		_, err := normalItem(item{Field: "items[2]", SKU: "S", BaseUnit: "H87", Tracking: c.tracking, LotCodePattern: c.pattern})
		want(t, err, errs.KindInvalidArgument, c.reason, "items[2].lot_code_pattern")
	}
}
