package catalog

import (
	"fmt"
	"strings"

	"github.com/lottrail/lottrail/internal/errs"
)

// storedLocation is what decides on a location that is there already.
type storedLocation struct {
	LocationID int64
	Code       string
	ParentID   int64
	Kind       string
	Active     bool
	// Reason is why it was deactivated by itself, nil if it was not.
	Reason *string
}

// checkTree refuses a batch after which the tree would be none. stored are the
// locations of the batch, their parents, and everything above them, by code.
func checkTree(batch []location, stored map[string]storedLocation) error {
	for _, l := range batch {
		if stored[l.Code].Kind == kindVirtual {
			return errs.Invalid(l.Field+".code", "LOCATION_RESERVED", "%q is the name of an outside world; choose another code", l.Code)
		}
	}
	parents := newTree(batch, stored).parents
	for _, l := range batch {
		if l.ParentCode == "" {
			continue
		}
		if _, ok := parents[l.ParentCode]; !ok || stored[l.ParentCode].Kind == kindVirtual {
			return errs.NotFound(l.Field+".parent_code", "UNKNOWN_LOCATION", "there is no location %q for %q to lie in; push it first or in the same batch, or check the code", l.ParentCode, l.Code)
		}
	}
	for _, l := range batch {
		if liesInItself(l.Code, parents) {
			return errs.Invalid(l.Field+".parent_code", "LOCATION_CYCLE", "location %q cannot lie in %q, which lies in it; name a parent that does not", l.Code, l.ParentCode)
		}
	}
	return nil
}

// liesInItself walks up from a location. The stored tree has no cycles, so that
// each cycle is met from a location of the batch; the way up from one that
// only leads into a cycle is given up.
func liesInItself(start string, parents map[string]string) bool {
	code := parents[start]
	for range parents {
		if code == "" || code == start {
			break
		}
		code = parents[code]
	}
	return code == start
}

// checkMoves refuses another kind for a site, by whose time zone the dates of all
// that lies in it are judged, and a new place in something that is not active: what
// is put there would be closed with all that is in it. There are no cycles (checkTree).
func checkMoves(batch []location, stored map[string]storedLocation) error {
	after := newTree(batch, stored)
	for _, l := range batch {
		was, found := stored[l.Code]
		if found && was.Kind == kindSite && l.Kind != kindSite {
			return errs.Precondition(l.Field+".kind", "SITE_FIXED", "location %q is a site and stays one, for the dates of what lies in it are judged in its time zone; push a new location, and move what is in the site there", l.Code)
		}
		if l.ParentCode == "" || found && was.ParentID == stored[l.ParentCode].LocationID {
			continue
		}
		if closed := after.deactivated(l.ParentCode); closed != "" {
			return errs.Precondition(l.Field+".parent_code", "LOCATION_INACTIVE", "location %q cannot be put into %q, which is not active, for %q was deactivated; name another parent, or reactivate %q with ReactivateLocation first",
				l.Code, l.ParentCode, closed, closed)
		}
	}
	return nil
}

// changesSite are the locations of a batch that are in another site after it, or are
// a site that they were none of.
func changesSite(batch []location, stored map[string]storedLocation) []location {
	before, after := newTree(nil, stored), newTree(batch, stored)
	var changed []location
	for _, l := range batch {
		if _, found := stored[l.Code]; found && before.site(l.Code) != after.site(l.Code) {
			changed = append(changed, l)
		}
	}
	return changed
}

// reopened are the locations of a batch that come out from under something that is
// not active, and were not deactivated by themselves.
func reopened(batch []location, stored map[string]storedLocation) []location {
	after := newTree(batch, stored)
	var active []location
	for _, l := range batch {
		if was, found := stored[l.Code]; found && !was.Active && after.deactivated(l.Code) == "" {
			active = append(active, l)
		}
	}
	return active
}

// tree is where locations lie, by code.
type tree struct {
	parents map[string]string
	closed  map[string]bool // deactivated by themselves
}

// newTree is the stored tree with a batch in it.
func newTree(batch []location, stored map[string]storedLocation) tree {
	t := tree{make(map[string]string, len(stored)+len(batch)), map[string]bool{}}
	byID := make(map[int64]string, len(stored))
	for code, s := range stored {
		byID[s.LocationID] = code
		t.closed[code] = s.Reason != nil
	}
	for code, s := range stored {
		t.parents[code] = byID[s.ParentID]
	}
	for _, l := range batch {
		t.parents[l.Code] = l.ParentCode
	}
	return t
}

// site is the outermost location.
func (t tree) site(code string) string {
	for t.parents[code] != "" {
		code = t.parents[code]
	}
	return code
}

// deactivated is the location that makes one inactive: itself or the nearest that it
// lies in, empty if there is none.
func (t tree) deactivated(code string) string {
	for code != "" && !t.closed[code] {
		code = t.parents[code]
	}
	return code
}

// stockAt is a quantity that stands in the way.
type stockAt struct{ LocationCode, SKU, LotCode, Quantity, Unit string }

// describeStock names a few quantities, and says whether there are more.
func describeStock(stocks []stockAt) string {
	var texts []string
	for i, s := range stocks {
		if i == mostStocks {
			texts = append(texts, "and more")
			break
		}
		texts = append(texts, fmt.Sprintf("%s %s of lot %q of item %q at %q", s.Quantity, s.Unit, s.LotCode, s.SKU, s.LocationCode))
	}
	return strings.Join(texts, ", ")
}

// mostStocks is how many quantities a refusal names.
const mostStocks = 3
