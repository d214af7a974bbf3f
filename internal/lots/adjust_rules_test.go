package lots

import (
	"slices"
	"strings"
	"testing"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Every reason of the API is good for what its comment there says, and for something.
func TestReasonWays(t *testing.T) {
	t.Parallel()
	reasons := lottrailv1.AdjustmentReason_ADJUSTMENT_REASON_UNSPECIFIED.Descriptor().Values()
	if reasons.Len() != len(reasonWays)+1 {
		t.Errorf("%d reasons, and %d are known to be good for something", reasons.Len()-1, len(reasonWays))
	}
	for i := 1; i < reasons.Len(); i++ {
		reason := lottrailv1.AdjustmentReason(reasons.Get(i).Number())
		code := pbtype.AdjustmentCode(reason)
		if len(reasonWays[code]) == 0 || pbtype.AdjustmentReason(code) != reason {
			t.Errorf("%v, stored as %q, is good for %v", reason, code, reasonWays[code])
		}
		for _, way := range []string{wayFound, wayMissed, wayScrapped} {
			a := adjustment{kind: ledger.KindAdjustment, reasonCode: code, lines: []draw.Line{{Found: true}, {Found: true, Path: "lines[1]"}}}
			switch way {
			case wayMissed:
				a.lines[1].Found, a.lines[0].Found = false, false
			case wayScrapped:
				a.kind, a.lines = ledger.KindScrap, []draw.Line{{}}
			}
			if err := a.checkReason(); (err == nil) != slices.Contains(reasonWays[code], way) {
				t.Errorf("%s for what was %s: %v", code, way, err)
			}
		}
	}
	mixed := adjustment{kind: ledger.KindAdjustment, reasonCode: "theft", lines: []draw.Line{{}, {Found: true, Path: "lines[1]"}}}
	if err := mixed.checkReason(); err == nil || !strings.Contains(err.Error(), "lines[1]") {
		t.Errorf("found by theft: %v", err)
	}
	if pbtype.AdjustmentCode(0) != "" || pbtype.AdjustmentReason("") != 0 {
		t.Error("no reason is a reason")
	}
}

func TestCheckApproved(t *testing.T) {
	t.Parallel()
	flour, oil := &resolve.Item{ItemID: 1, SKU: "FLOUR"}, &resolve.Item{ItemID: 2, SKU: "OIL"}
	taking := func(item *resolve.Item, quantity string, found bool) draw.Taking {
		return draw.Taking{Item: item, Quantity: qty.MustParse(quantity), Found: found}
	}
	most := map[int64]qty.Decimal{1: qty.MustParse("5")}
	for _, c := range []struct {
		takings    []draw.Taking
		approvedBy string
		refusal    string
	}{
		{[]draw.Taking{taking(flour, "5", false), taking(oil, "500", true)}, "", ""},
		{[]draw.Taking{taking(flour, "5.001", false)}, "", "5.001"},
		{[]draw.Taking{taking(flour, "5.001", false)}, "me", "5.001"},
		{[]draw.Taking{taking(flour, "5.001", false)}, "Kim", ""},
		{[]draw.Taking{taking(flour, "3", false), taking(oil, "1", true), taking(flour, "3", true)}, "", "6"},
		{[]draw.Taking{taking(flour, "1", false)}, "me", "cannot approve"},
		{nil, "", ""},
	} {
		err := checkApproved(sumByItem(c.takings), most, c.approvedBy, "me")
		if (err == nil) != (c.refusal == "") || err != nil && !strings.Contains(err.Error(), c.refusal) {
			t.Errorf("%v by %q: %v", c.takings, c.approvedBy, err)
		}
	}
}
