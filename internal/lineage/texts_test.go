package lineage_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
)

// Rows are read by the places of their columns: these are the fields, in their order, in
// all sets.
func TestColumns(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, r := range lineage.Results() {
		prepared, err := conn.Prepare(t.Context(), "", r.SQL)
		if err != nil {
			t.Fatal(err)
		}
		var columns, fields []string
		for _, f := range prepared.Fields {
			columns = append(columns, strings.ReplaceAll(f.Name, "_", ""))
		}
		row := reflect.TypeOf(r.Row)
		for i := range row.NumField() {
			fields = append(fields, strings.ToLower(row.Field(i).Name))
		}
		if !reflect.DeepEqual(columns, fields) {
			t.Errorf("columns %v are read into %v %v, of\n%s", columns, row, fields, r.SQL)
		}
	}
}
