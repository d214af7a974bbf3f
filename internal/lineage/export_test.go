package lineage

import (
	"encoding/json"

	"github.com/lottrail/lottrail/internal/queries"
)

// Resize makes chunks and parts of a query so small that small graphs meet every
// border.
func Resize(q *Query, chunk, part int) { q.sizes = sizes{chunk, part} }

// Begin is how a walk begins, for a tenant.
const Begin = queries.LineageBegin

// State is state.
func State(q Query, s *Summary) string { return state(q, s) }

// RecallContact is recallContact of contacts as master data keeps them.
func RecallContact(t interface{ Fatal(...any) }, stored string) string {
	var contacts []contact
	if err := json.Unmarshal([]byte(stored), &contacts); err != nil {
		t.Fatal(err)
	}
	return recallContact(contacts)
}
