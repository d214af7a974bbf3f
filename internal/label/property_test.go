package label_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/label"
)

// kinds of elements: those of a fixed length, and those that end at a separator.
var kinds = []struct {
	ai     string
	value  *rapid.Generator[string]
	closed bool
}{
	{"00", rapid.StringMatching(`[0-9]{18}`), true},
	{"01", rapid.StringMatching(`[0-9]{14}`), true},
	{"11", rapid.StringMatching(`[0-9]{6}`), true},
	{"15", rapid.StringMatching(`[0-9]{6}`), true},
	{"20", rapid.StringMatching(`[0-9]{2}`), true},
	{"3102", rapid.StringMatching(`[0-9]{6}`), true},
	{"10", lotCodes, false},
	{"21", lotCodes, false},
	{"37", rapid.StringMatching(`[0-9]{1,8}`), false},
	{"240", rapid.StringMatching(`[A-Za-z0-9!"%&'()*+,./:;<=>?_-]{1,30}`), false},
	{"7003", rapid.StringMatching(`[0-9]{10}`), false},
}

var lotCodes = rapid.StringMatching(`[A-Z0-9/-]{1,20}|[0-9]{1,20}|[A-Za-z0-9!"%&'()*+,./:;<=>?_-]{1,20}`)

// Whatever is in a label is what an independent decoder reads.
func TestReadBackAny(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var elements []label.Element
		var data strings.Builder
		open := false
		order := rapid.Permutation(kinds).Draw(r, "kinds")
		for _, kind := range order[:rapid.IntRange(1, 5).Draw(r, "elements")] {
			if open {
				data.WriteString(gs)
			}
			e := label.Element{AI: kind.ai, Value: kind.value.Draw(r, kind.ai)}
			data.WriteString(e.AI + e.Value)
			elements, open = append(elements, e), !kind.closed
		}
		symbology := label.DataMatrix
		if data.Len() <= 48 && rapid.Bool().Draw(r, "linear") {
			symbology = label.GS1128
		}
		p := draw(t, label.Label{
			Symbology: symbology, Elements: slices.Clone(elements),
			Module: rapid.SampledFrom([]int{0, 2}).Draw(r, "module"), Title: []string{rapid.StringN(0, 40, -1).Draw(r, "title")},
		})
		if found := scan(t, symbology, picture(t, p), aim(t, p)); found.data != data.String() {
			r.Fatalf("%v as symbology %d reads %q; want %q", elements, symbology, found.data, data.String())
		}
	})
}
