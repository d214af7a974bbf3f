package page_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/page"
)

func TestSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ asked, want int32 }{{0, 100}, {1, 1}, {1000, 1000}} {
		if got := page.Size(c.asked, 100); got != c.want {
			t.Errorf("Size(%d, 100) = %d, want %d", c.asked, got, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rows, want int
		more       bool
	}{{0, 0, false}, {1, 1, false}, {2, 2, false}, {3, 2, true}} {
		got, more := page.Cut(make([]string, c.rows), 2)
		if len(got) != c.want || more != c.more {
			t.Errorf("Cut of %d rows to 2 = %d rows, %v; want %d, %v", c.rows, len(got), more, c.want, c.more)
		}
	}
}

type key struct {
	Day time.Time
	ID  int64
	SKU string
}

func TestTokenRoundTrip(t *testing.T) {
	t.Parallel()
	want := key{time.Date(2026, 3, 25, 1, 2, 3, 456789000, time.UTC), 1<<62 + 1, `<a/b> & "é" 🥐`}
	token, err := page.Encode(&lottrailv1.ListLotsRequest{Sku: "S", PageSize: 5}, want)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("token %q cannot stand in a query string as it is", token)
	}
	var got key
	// The next page may have another size.
	resumed, err := page.Decode(&lottrailv1.ListLotsRequest{Sku: "S", PageSize: 9, PageToken: token}, &got)
	if err != nil || !resumed || got != want {
		t.Errorf("Decode = %+v, %v, %v; want %+v", got, resumed, err, want)
	}
}

func TestFirstPage(t *testing.T) {
	t.Parallel()
	var after string
	resumed, err := page.Decode(&lottrailv1.ListItemsRequest{}, &after)
	if resumed || err != nil || after != "" {
		t.Errorf("Decode without a token = %q, %v, %v", after, resumed, err)
	}
}

// Two codes of 128 characters, each of four bytes, have to pass the rule
// is_page_token in the end.
func TestLongestKeysMakeATokenThatIsAccepted(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("🥐", 128)
	token, err := page.Encode(&lottrailv1.ListLotsRequest{}, []string{long, long})
	if err != nil {
		t.Fatal(err)
	}
	if len(token) > 4096 {
		t.Errorf("token is %d characters long, more than is_page_token allows", len(token))
	}
}

func TestBadTokens(t *testing.T) {
	t.Parallel()
	good, err := page.Encode(&lottrailv1.ListLotsRequest{Sku: "S"}, "L-1")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), raw...)
	flipped[len(flipped)-2] ^= 1
	other, err := page.Encode(&lottrailv1.ListLotsRequest{Sku: "S"}, 7)
	if err != nil {
		t.Fatal(err)
	}
	requests := map[string]page.Request{
		"another filter":    &lottrailv1.ListLotsRequest{Sku: "T", PageToken: good},
		"another list":      &lottrailv1.ListItemsRequest{PageToken: good},
		"not base64":        &lottrailv1.ListLotsRequest{Sku: "S", PageToken: "%%%"},
		"too short":         &lottrailv1.ListLotsRequest{Sku: "S", PageToken: "AAAA"},
		"cut":               &lottrailv1.ListLotsRequest{Sku: "S", PageToken: good[:len(good)-4]},
		"flipped bit":       &lottrailv1.ListLotsRequest{Sku: "S", PageToken: base64.RawURLEncoding.EncodeToString(flipped)},
		"key of other type": &lottrailv1.ListLotsRequest{Sku: "S", PageToken: other},
	}
	for name, req := range requests {
		var after string
		resumed, err := page.Decode(req, &after)
		var refusal *errs.Error
		if resumed || !errors.As(err, &refusal) || refusal.Reason != "BAD_PAGE_TOKEN" || refusal.Kind != errs.KindInvalidArgument ||
			refusal.Violations[0].Path != "page_token" || !strings.Contains(refusal.Message, "start from the first page") {
			t.Errorf("%s: Decode = %v, %v; want BAD_PAGE_TOKEN", name, resumed, err)
		}
	}
}
