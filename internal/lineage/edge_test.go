package lineage_test

import (
	"testing"

	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/qty"
)

// An edge keeps any quantity, however many digits it has.
func TestEdgesKeepQuantities(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0", "1", "0.000000001", "120", "-3.5", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
		"9223372036.854775807", "9223372036.854775808", "99999999999999999999999999999.999999999",
	} {
		if got := lineage.Kept(qty.MustParse(text)).String(); got != text {
			t.Errorf("%s is kept as %s", text, got)
		}
	}
	if got := lineage.Kept(qty.Decimal{}).String(); got != "0" {
		t.Errorf("nothing is kept as %s", got)
	}
}
