package revision_test

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/revision"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func as(principal string) pg.Author { return pg.Author{TenantID: 1, Principal: principal} }

func TestPushAppendsWhatDiffers(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	first := &lottrailv1.Party{Code: "P/1", Name: `Müller "& Sons" 🥐`, Kinds: []lottrailv1.PartyKind{1, 2}}
	second := proto.CloneOf(first)
	second.Contacts = []*lottrailv1.Contact{{Name: "Recalls", Phone: "112"}}
	steps := []struct {
		principal string
		content   *lottrailv1.Party
		number    int32
		changed   bool
	}{
		{"erp", first, 1, true},
		{"other", first, 1, false},
		{"other", second, 2, true},
		{"erp", second, 2, false},
		{"erp", first, 3, true}, // back to what it was is a change too
	}
	for i, step := range steps {
		err := db.Write(t.Context(), as(step.principal), func(tx *pg.Tx) error {
			number, changed, err := revision.Push(t.Context(), tx, revision.Party, 7, step.content)
			if number != step.number || changed != step.changed {
				t.Errorf("step %d: Push = %d, %v; want %d, %v", i, number, changed, step.number, step.changed)
			}
			return err
		})
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	var got lottrailv1.Party
	number, err := revision.Latest(t.Context(), db, 1, revision.Party, 7, &got)
	if err != nil || number != 3 || !proto.Equal(&got, first) {
		t.Errorf("Latest = %v, %d, %v; want %v, 3", &got, number, err, first)
	}
	var principals string
	if err := db.QueryRow(t.Context(), "SELECT string_agg(principal, ',' ORDER BY revision) FROM revision WHERE tenant_id = 1 AND subject = 'party' AND subject_id = 7").Scan(&principals); err != nil || principals != "erp,other,erp" {
		t.Errorf("principals = %q, %v", principals, err)
	}
}

func TestPushAllKeepsTheOrderOfTheRequest(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	content := func(code string) proto.Message { return &lottrailv1.Party{Code: code} }
	push := func(pushed ...revision.Pushed) (results []revision.Result) {
		t.Helper()
		err := db.Write(t.Context(), as("erp"), func(tx *pg.Tx) (err error) {
			results, err = revision.PushAll(t.Context(), tx, revision.Party, pushed)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	push(revision.Pushed{ID: 9, Content: content("nine")}, revision.Pushed{ID: 2, Content: content("two")})
	got := push(
		revision.Pushed{ID: 9, Content: content("nine")},
		revision.Pushed{ID: 5, Content: content("five")},
		revision.Pushed{ID: 2, Content: content("zwei")},
	)
	want := []revision.Result{{1, false}, {1, true}, {2, true}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("result %d = %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestSubjectsAndTenantsAreApart(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	err := db.Write(t.Context(), as("erp"), func(tx *pg.Tx) error {
		_, _, err := revision.Push(t.Context(), tx, revision.Party, 7, &lottrailv1.Party{Code: "P"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tenant  int64
		subject revision.Subject
	}{{1, revision.Item}, {2, revision.Party}} {
		if _, err := revision.Latest(context.Background(), db, c.tenant, c.subject, 7, &lottrailv1.Party{}); !errors.Is(err, revision.ErrNone) {
			t.Errorf("Latest of %s 7 in tenant %d: %v, want ErrNone", c.subject, c.tenant, err)
		}
	}
}
