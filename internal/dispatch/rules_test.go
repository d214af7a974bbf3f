package dispatch

import (
	"errors"
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
)

type shipped struct {
	number int32
	sku    string
}

func (s shipped) GetSalesOrderLineNumber() int32 { return s.number }
func (s shipped) GetSku() string                 { return s.sku }

func TestCheckLines(t *testing.T) {
	t.Parallel()
	items := orderLineItems{1: "BREAD", 2: "CAKE"}
	for name, c := range map[string]struct {
		order         string
		lines         []shipped
		kind          errs.Kind
		reason, field string
	}{
		"the line's item":        {"SO", []shipped{{1, "BREAD"}, {2, "CAKE"}, {1, "BREAD"}}, 0, "", ""},
		"not ordered":            {"SO", []shipped{{0, "SALT"}}, 0, "", ""},
		"no order":               {"", []shipped{{0, "SALT"}}, 0, "", ""},
		"another item":           {"SO", []shipped{{1, "BREAD"}, {2, "BREAD"}}, errs.KindInvalidArgument, "ITEM_DIFFERS", "lines[1].sku"},
		"no such line":           {"SO", []shipped{{3, "BREAD"}}, errs.KindNotFound, "UNKNOWN_ORDER_LINE", "lines[0].sales_order_line_number"},
		"a line, but of nothing": {"", []shipped{{0, "SALT"}, {1, "BREAD"}}, errs.KindInvalidArgument, "ORDER_REQUIRED", "lines[1].sales_order_line_number"},
	} {
		err := checkLines(c.lines, c.order, items)
		if c.reason == "" {
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
			}
			continue
		}
		var refusal *errs.Error
		if !errors.As(err, &refusal) || refusal.Kind != c.kind || refusal.Reason != c.reason || refusal.Violations[0].Path != c.field {
			t.Errorf("%s: %v, want %s at %s", name, err, c.reason, c.field)
		}
	}
}
