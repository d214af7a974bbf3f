package packet

import (
	"html"
	"strings"
)

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
