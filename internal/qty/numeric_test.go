package qty_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/qty"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestNumericRoundTrip(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	texts := []string{
		"0", "1", "-1", "100", "1000000", "12.5", "0.000000001", "-0.1", "9007199254740993",
		strings.Repeat("9", 29) + ".999999999", "-" + strings.Repeat("9", 29) + ".999999999", "1" + strings.Repeat("0", 28),
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		x, _ := random(t, r, 29)
		texts = append(texts, x.String())
	}
	values := make([]qty.Decimal, 0, len(texts))
	for _, text := range texts {
		values = append(values, qty.MustParse(text))
	}
	// One by one: what PostgreSQL understood, and what comes back.
	for i, x := range values[:20] {
		var understood string
		var back qty.Decimal
		if err := db.QueryRow(t.Context(), "SELECT trim_scale($1::numeric(38, 9))::text, $1::numeric(38, 9)", x).Scan(&understood, &back); err != nil {
			t.Fatal(err)
		}
		if understood != texts[i] || back.String() != texts[i] {
			t.Errorf("%s is %s for PostgreSQL and comes back as %s", texts[i], understood, back)
		}
	}
	// As arrays, which is how batches are written.
	var understood []string
	var back []qty.Decimal
	err := db.QueryRow(t.Context(), `
		SELECT array_agg(trim_scale(x)::text ORDER BY n), array_agg(x ORDER BY n)
		FROM unnest($1::numeric[]) WITH ORDINALITY AS u (x, n)`, values).Scan(&understood, &back)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(understood, texts) {
		t.Errorf("PostgreSQL understood %q", understood)
	}
	for i, x := range back {
		if x.String() != texts[i] || x.Cmp(values[i]) != 0 {
			t.Errorf("%s comes back as %s", texts[i], x)
		}
	}
}

func TestNumericZerosAtTheEndAreDropped(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	var x qty.Decimal
	if err := db.QueryRow(t.Context(), "SELECT 2400.500000000::numeric(38, 9)").Scan(&x); err != nil || x.String() != "2400.5" || x.Decimals() != 1 {
		t.Errorf("%s with %d decimals, %v", x, x.Decimals(), err)
	}
}

func TestNumericNull(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	some, none := new(qty.Decimal), new(qty.Decimal)
	if err := db.QueryRow(t.Context(), "SELECT $1::numeric, $2::numeric", new(qty.MustParse("1.5")), (*qty.Decimal)(nil)).Scan(&some, &none); err != nil {
		t.Fatal(err)
	}
	if some == nil || some.String() != "1.5" || none != nil {
		t.Errorf("got %v and %v, want 1.5 and nil", some, none)
	}
	var x qty.Decimal
	if err := db.QueryRow(t.Context(), "SELECT NULL::numeric").Scan(&x); err == nil {
		t.Errorf("NULL was read as %s", x)
	}
}

func TestNumericThatIsNoQuantity(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	for _, text := range []string{"NaN", "Infinity", "-Infinity"} {
		var x qty.Decimal
		if err := db.QueryRow(t.Context(), "SELECT $1::text::numeric", text).Scan(&x); err == nil {
			t.Errorf("%s was read as %s", text, x)
		}
	}
}
