// Package paper is what the pages have in common that are read on a screen and a phone,
// printed, and carried around: their looks, how they write times and parties, and how one
// tells that a page is whole.
//
// A page says of itself that it is not complete, until its last bytes have come. Whatever
// comes from the records is text in it.
package paper

import (
	_ "embed"
	"html"
	"html/template"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/picture"
	"github.com/lottrail/lottrail/internal/wording"
)

var (
	//go:embed shared.tmpl
	shared string
	//go:embed style.css
	style string
)

// End is what a whole page ends with: it hides the sentence that says that it is not.
const End = "<style>#cut{display:none}</style>\n</body>\n</html>\n"

// Whole says whether a page is all there, given its last bytes (all of it will
// do).
func Whole(page []byte) bool {
	return strings.HasSuffix(string(page[max(0, len(page)-len(End)):]), End)
}

// Tail is how many of the last bytes of a page are enough for Told.
const Tail = 16 << 10

// Told returns the statement of a page, given its last bytes, and whether it is
// whole: if not, the statement is not to be had.
func Told(page []byte) (statement string, whole bool) {
	if !Whole(page) {
		return "", false
	}
	text := string(page)
	begin := strings.LastIndex(text, statementOpens)
	if begin < 0 {
		return "", false
	}
	statement, _, whole = strings.Cut(text[begin+len(statementOpens):], "</p>")
	return html.UnescapeString(statement), whole
}

// statementOpens is what stands before the statement at the end.
const statementOpens = `<p class="statement" id="statement">`

// Templates are those of a page beside the shared ones, with its own styles behind the
// shared ones.
func Templates(text, css string, funcs template.FuncMap) *template.Template {
	return template.Must(template.Must(template.New("").Funcs(template.FuncMap{
		"style":    func() template.CSS { return template.CSS(style + css) }, //nolint:gosec // both are ours
		"amount":   wording.Amount,
		"number":   wording.Number[int32],
		"position": wording.Number[int64],
		"many":     wording.Number[int],
		"noun":     wording.Noun[int32],
		"count":    wording.Count[int32],
		"moment":   Moment,
		"day":      day,
		"hour":     hour,
		"exactly":  exactly,
		"contacts": contacts,
		"dial":     dial,
	}).Funcs(funcs).Parse(shared)).Parse(text))
}

// Drawing is a picture within a page.
type Drawing struct {
	*picture.Graph
	SVG template.HTML
}

// Draw draws a graph for the template "drawing".
func Draw(g *picture.Graph) (Drawing, error) {
	var svg strings.Builder
	err := picture.WriteSVG(&svg, g)
	return Drawing{g, template.HTML(svg.String())}, err //nolint:gosec // what comes from the records is escaped in it
}

// Moment is a time to the minute.
func Moment(t *timestamppb.Timestamp) string { return day(t) + " " + hour(t) }

func day(t *timestamppb.Timestamp) string { return t.AsTime().UTC().Format(time.DateOnly) }

func hour(t *timestamppb.Timestamp) string { return t.AsTime().UTC().Format("15:04 UTC") }

func exactly(t *timestamppb.Timestamp) string {
	return t.AsTime().UTC().Format("2006-01-02 15:04:05.000000 UTC")
}

// contacts are those of a party, whoever is there for recalls first.
func contacts(p *pb.Party) []*pb.Contact {
	sorted := slices.Clone(p.GetContacts())
	slices.SortStableFunc(sorted, func(a, b *pb.Contact) int { return rank(a) - rank(b) })
	return sorted
}

func rank(c *pb.Contact) int {
	if strings.EqualFold(strings.TrimSpace(c.GetRole()), "recall") {
		return 0
	}
	return 1
}

// dial is a telephone number as a phone takes it, or "" if the text is more than
// a number.
func dial(phone string) string {
	var digits strings.Builder
	for _, c := range phone {
		switch {
		case '0' <= c && c <= '9', c == '+' && digits.Len() == 0:
			digits.WriteRune(c)
		case !strings.ContainsRune(" ()-./\u00a0", c):
			return ""
		}
	}
	if digits.Len() < 3 {
		return ""
	}
	return digits.String()
}
