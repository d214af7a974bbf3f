package model_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// theme is what histories are about: few kinds of steps, so that they meet. The first
// kinds are drawn more often.
type theme struct {
	kinds []kind
	// begin is done before, one by one.
	begin []operation
	// item makes the items other than they are; nil if they are as ever.
	item func(*pb.Item)
	// alone is how much of an item may be adjusted without approval.
	alone int
	// topics are compared beside lots and runs.
	topics []topic
	// fefo is the item, by its letter, that is not taken out of rotation without a reason.
	fefo string
	// untracked is whether there is an item that is not tracked by lot.
	untracked bool
	// lots are there beside everything.
	lots []string
	// weighed says whether the items are.
	weighed bool
	// amend makes an operation one of the theme; nil if it is as ever.
	amend func(t *rapid.T, op *operation)
}

var themes = []theme{
	stockTheme,
	recallTheme,
	countTheme,
	reopenTheme,
	fefoTheme,
	codeTheme,
	expiryTheme,
	untrackedTheme,
	weightTheme,
	reserveTheme,
	shareTheme,
}

func (th *theme) amended(t *rapid.T, op *operation) {
	if th.amend != nil {
		op.Lines = slices.Clone(op.Lines)
		th.amend(t, op)
	}
}

// stockTheme is what goes on in any warehouse.
var stockTheme = theme{alone: plenty, kinds: []kind{receive, receive, receive, move, offline, consume, consume, output, output, ship, ship, adjust, adjust, scrap, reverse, reverse, hold, holdLots, release, finish, reopen, redate, redate}}

// history is rounds of operations that are carried out at once.
type history struct {
	theme  *theme
	rounds [][]operation
}

func (h history) String() string {
	var text strings.Builder
	for i, round := range h.rounds {
		fmt.Fprintf(&text, "round %d:\n", i)
		for _, op := range round {
			fmt.Fprintf(&text, "  %+v\n", op)
		}
	}
	return text.String()
}

var (
	locations  = []string{apitest.Shelf, apitest.Line}
	bought     = []string{"F1", "F2", "F3"} // lots of the item that is received
	made       = []string{"B1", "B2", "B3"} // lots of the item that is put out
	everything = append(append([]string{}, bought...), made...)
	// The first lot is hot, so that operations meet.
	mostlyFirst = append([]string{"F1", "F1", "F1", "F1"}, everything...)
)

// stockAtFirst is there from the start; other lots may come about in several operations
// at once.
var stockAtFirst = []operation{
	{Kind: receive, Request: "a", Document: "a", Lines: []line{{Lot: "F1", From: locations[0], Quantity: 6}}},
	{Kind: receive, Request: "b", Document: "b", Lines: []line{{Lot: "F2", From: locations[1], Quantity: 6}}},
	{Kind: output, Request: "c", Run: 1, Lines: []line{{Lot: "B1", From: locations[0], Quantity: 6}}},
	{Kind: output, Request: "d", Run: 2, Lines: []line{{Lot: "B2", From: locations[1], Quantity: 6}}},
}

// histories generates rounds over few lots, so that operations meet. About one
// in three comes under a request id that was used before, with the same content
// or with other.
var histories = rapid.Custom(func(t *rapid.T) history {
	theme := &themes[rapid.IntRange(0, len(themes)-1).Draw(t, "theme")]
	h, earlier := history{theme: theme}, slices.Clone(stockAtFirst)
	for i := range earlier {
		theme.amended(t, &earlier[i])
	}
	h.rounds = append(h.rounds, slices.Clone(earlier))
	for _, op := range theme.begin {
		earlier = append(earlier, op)
		h.rounds = append(h.rounds, []operation{op})
	}
	n := 0
	for range rapid.IntRange(6, 16).Draw(t, "rounds") {
		rounds := [][]operation{nil}
		for range rapid.IntRange(3, 5).Draw(t, "operations") {
			op := operation{Kind: rapid.SampledFrom(theme.kinds).Draw(t, "kind"), Request: fmt.Sprintf("q%d", n)}
			n++
			steps[op.Kind].draw(t, &op, earlier)
			theme.amended(t, &op)
			if steps[op.Kind].unasked {
				rounds = addTo(rounds, op)
				continue
			}
			switch old := earlier[rapid.IntRange(0, len(earlier)-1).Draw(t, "old")]; rapid.IntRange(0, 9).Draw(t, "repeat") {
			case 0, 1:
				op = old
			case 2:
				op.Request = old.Request
			}
			earlier = append(earlier, op)
			rounds = addTo(rounds, op)
		}
		h.rounds = append(h.rounds, rounds...)
	}
	return h
})

// addTo adds an operation to the first of the rounds, or as one of its own.
func addTo(rounds [][]operation, op operation) [][]operation {
	if steps[op.Kind].alone {
		return append(rounds, []operation{op})
	}
	rounds[0] = append(rounds[0], op)
	return rounds
}
