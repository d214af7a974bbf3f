package catalog

import (
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
)

func TestCheckTree(t *testing.T) {
	t.Parallel()
	// S > A > B > C, and the outside world "supplier".
	stored := map[string]storedLocation{
		"S":        {LocationID: 1001, Code: "S", Kind: "site"},
		"A":        {LocationID: 1002, Code: "A", ParentID: 1001, Kind: "storage"},
		"B":        {LocationID: 1003, Code: "B", ParentID: 1002, Kind: "storage"},
		"C":        {LocationID: 1004, Code: "C", ParentID: 1003, Kind: "storage"},
		"supplier": {LocationID: 1, Code: "supplier", Kind: "virtual"},
	}
	storage := func(code, parent string) location { return location{Code: code, ParentCode: parent, Kind: "storage"} }
	for name, c := range map[string]struct {
		batch  []location
		kind   errs.Kind
		reason string
		field  string
	}{
		"as it is":                    {batch: []location{storage("B", "A")}},
		"new below new, child first":  {batch: []location{storage("E", "D"), storage("D", "A")}},
		"moved below new":             {batch: []location{storage("C", "D"), storage("D", "S")}},
		"two change places":           {batch: []location{storage("A", "B"), storage("B", "S")}},
		"new site, all below it":      {batch: []location{{Code: "T", Kind: "site"}, storage("A", "T")}},
		"in itself":                   {batch: []location{storage("A", "A")}, kind: errs.KindInvalidArgument, reason: "LOCATION_CYCLE", field: "locations[0].parent_code"},
		"new in itself":               {batch: []location{storage("D", "D")}, kind: errs.KindInvalidArgument, reason: "LOCATION_CYCLE", field: "locations[0].parent_code"},
		"below its child":             {batch: []location{storage("A", "B")}, kind: errs.KindInvalidArgument, reason: "LOCATION_CYCLE", field: "locations[0].parent_code"},
		"below its grandchild":        {batch: []location{storage("A", "C")}, kind: errs.KindInvalidArgument, reason: "LOCATION_CYCLE", field: "locations[0].parent_code"},
		"each below the other":        {batch: []location{storage("D", "E"), storage("E", "D")}, kind: errs.KindInvalidArgument, reason: "LOCATION_CYCLE", field: "locations[0].parent_code"},
		"first leads into a cycle":    {batch: []location{storage("F", "D"), storage("D", "E"), storage("E", "D")}, kind: errs.KindInvalidArgument, reason: "LOCATION_CYCLE", field: "locations[1].parent_code"},
		"a cycle by what is there":    {batch: []location{storage("D", "C"), storage("A", "D")}, kind: errs.KindInvalidArgument, reason: "LOCATION_CYCLE", field: "locations[0].parent_code"},
		"below nothing":               {batch: []location{storage("D", "S"), storage("E", "X")}, kind: errs.KindNotFound, reason: "UNKNOWN_LOCATION", field: "locations[1].parent_code"},
		"below an outside world":      {batch: []location{storage("D", "supplier")}, kind: errs.KindNotFound, reason: "UNKNOWN_LOCATION", field: "locations[0].parent_code"},
		"an outside world":            {batch: []location{storage("supplier", "S")}, kind: errs.KindInvalidArgument, reason: "LOCATION_RESERVED", field: "locations[0].code"},
		"a site of what has children": {batch: []location{{Code: "A", Kind: "site"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range c.batch {
				c.batch[i].Field = fieldOf("locations", i)
			}
			want(t, checkTree(c.batch, stored), c.kind, c.reason, c.field)
		})
	}
}

// where is a tree: S > A > B > C and T > D, with A deactivated, and B by itself too.
func where() map[string]storedLocation {
	leak := "leak"
	return map[string]storedLocation{
		"S": {LocationID: 1001, Code: "S", Kind: "site", Active: true},
		"A": {LocationID: 1002, Code: "A", ParentID: 1001, Kind: "storage", Reason: &leak},
		"B": {LocationID: 1003, Code: "B", ParentID: 1002, Kind: "storage", Reason: &leak},
		"C": {LocationID: 1004, Code: "C", ParentID: 1003, Kind: "storage"},
		"T": {LocationID: 1005, Code: "T", Kind: "site", Active: true},
		"D": {LocationID: 1006, Code: "D", ParentID: 1005, Kind: "dock", Active: true},
	}
}

func TestCheckMoves(t *testing.T) {
	t.Parallel()
	const precondition = errs.KindFailedPrecondition
	storage := func(code, parent string) location { return location{Code: code, ParentCode: parent, Kind: "storage"} }
	for name, c := range map[string]struct {
		batch         []location
		kind          errs.Kind
		reason, field string
		other, opened string // what changes its site, and what becomes active
	}{
		"as it is":                        {batch: []location{storage("A", "S"), storage("B", "A"), storage("C", "B")}},
		"another kind":                    {batch: []location{{Code: "C", ParentCode: "B", Kind: "dock"}}},
		"out of what is closed":           {batch: []location{storage("C", "S")}, opened: "C"},
		"closed itself":                   {batch: []location{storage("B", "S")}},
		"to another site":                 {batch: []location{storage("C", "D")}, other: "C", opened: "C"},
		"to another site with its branch": {batch: []location{storage("A", "T"), storage("B", "A")}, other: "AB"},
		"but for a part of it":            {batch: []location{storage("B", "T"), storage("C", "S")}, other: "B", opened: "C"},
		"two go together":                 {batch: []location{storage("C", "N"), storage("N", "T")}, other: "C", opened: "C"},
		"becomes a site":                  {batch: []location{{Code: "C", Kind: "site"}}, other: "C", opened: "C"},
		"into what is closed":             {batch: []location{storage("D", "A")}, kind: precondition, reason: "LOCATION_INACTIVE", field: "locations[0].parent_code"},
		"into what lies in it":            {batch: []location{storage("D", "C")}, kind: precondition, reason: "LOCATION_INACTIVE", field: "locations[0].parent_code"},
		"from closed into closed":         {batch: []location{storage("C", "A")}, kind: precondition, reason: "LOCATION_INACTIVE", field: "locations[0].parent_code"},
		"new in what is closed":           {batch: []location{storage("N", "B")}, kind: precondition, reason: "LOCATION_INACTIVE", field: "locations[0].parent_code"},
		"new below new":                   {batch: []location{storage("M", "N"), storage("N", "C")}, kind: precondition, reason: "LOCATION_INACTIVE", field: "locations[0].parent_code"},
		"what is closed comes above":      {batch: []location{storage("D", "S"), storage("B", "D")}, other: "D"},
		"a site no more":                  {batch: []location{storage("T", "S")}, kind: precondition, reason: "SITE_FIXED", field: "locations[0].kind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range c.batch {
				c.batch[i].Field = fieldOf("locations", i)
			}
			stored := where()
			want(t, checkTree(c.batch, stored), c.kind, "", "")
			want(t, checkMoves(c.batch, stored), c.kind, c.reason, c.field)
			if c.reason != "" {
				return
			}
			if got := codesOf(changesSite(c.batch, stored)); got != c.other {
				t.Errorf("%q change their site, want %q", got, c.other)
			}
			if got := codesOf(reopened(c.batch, stored)); got != c.opened {
				t.Errorf("%q become active, want %q", got, c.opened)
			}
		})
	}
}

func codesOf(locations []location) (codes string) {
	for _, l := range locations {
		codes += l.Code
	}
	return codes
}

func TestDescribeStock(t *testing.T) {
	t.Parallel()
	stock := stockAt{"A-1", "FLOUR", "L/1", "12.5", "KGM"}
	one := `12.5 KGM of lot "L/1" of item "FLOUR" at "A-1"`
	if got := describeStock([]stockAt{stock}); got != one {
		t.Errorf("%s, want %s", got, one)
	}
	if got, want := describeStock([]stockAt{stock, stock, stock, stock}), one+", "+one+", "+one+", and more"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
