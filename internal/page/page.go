// Package page is how lists are cut into pages: by keyset, never by offset, so
// that a page costs the same however far in it lies, and what is added or
// removed meanwhile neither repeats nor hides a row that was there all along.
//
// A list asks for one row more than the page holds:
//
//	size := page.Size(req.PageSize, 100)
//	var after string
//	if _, err := page.Decode(req, &after); err != nil { … }
//	rows, err := … WHERE sku COLLATE "C" > @after ORDER BY sku COLLATE "C" LIMIT size + 1
//	rows, more := page.Cut(rows, size)
//	if more { resp.NextPageToken, err = page.Encode(req, rows[len(rows)-1].SKU) }
package page

import (
	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/errs"
)

// Request is the request of a list RPC. Everything in it but page_size and
// page_token is taken for its filter.
type Request interface {
	proto.Message
	GetPageToken() string
}

// Size is how many rows a page has: what was asked for, else the default.
func Size(asked, otherwise int32) int32 {
	if asked > 0 {
		return asked
	}
	return otherwise
}

// Cut takes rows that were asked for with a limit of size+1 and returns those
// of the page, and whether there are more.
func Cut[T any](rows []T, size int32) (page []T, more bool) {
	if len(rows) > int(size) {
		return rows[:size], true
	}
	return rows, false
}

// Encode makes the token of the page behind the row with the given key: a
// string, or a struct of exported fields that JSON carries exactly (integers,
// strings, times). The token is good for requests with the same filter. It is
// no secret and no permission: what may be seen is decided by each request.
func Encode(req Request, key any) (string, error) {
	tokens, err := tokensOf(req)
	if err != nil {
		return "", err
	}
	return tokens.Encode(key)
}

// Decode reads the request's token into key, a pointer to what Encode was
// given, and returns whether there was one. A token that was not made for the
// same list with the same filter is refused with BAD_PAGE_TOKEN.
func Decode(req Request, key any) (resumed bool, err error) {
	token := req.GetPageToken()
	if token == "" {
		return false, nil
	}
	tokens, err := tokensOf(req)
	if err != nil {
		return false, err
	}
	if !tokens.Decode(token, key) {
		return false, BadToken()
	}
	return true, nil
}

// BadToken refuses a token that was not made for the request.
func BadToken() error {
	return errs.Invalid("page_token", "BAD_PAGE_TOKEN",
		"this is no next_page_token of this list with these filters and this order; start from the first page, without a token, and pass each token on as it came, beside the same filters and order")
}

// tokensOf are the tokens of a list's request: page_size may change from page to page.
func tokensOf(req Request) (*Tokens, error) { return TokensOf(req, "page_size", "page_token") }
