package lineage

import (
	"encoding/json"

	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// Resize makes chunks and parts of a query so small that small graphs meet every
// border.
func Resize(q *Query, chunk, part int) { q.sizes.chunk, q.sizes.part = chunk, part }

// LimitMovements makes few movements too many to be attributed.
func LimitMovements(q *Query, most int) { q.sizes.movements = most }

// Begin is how a walk begins, for a tenant.
const Begin = queries.LineageBegin

// Result is a text and what its rows are read into.
type Result struct {
	SQL string
	Row any
}

func result[T any](sql text[T]) Result { return Result{string(sql), *new(T)} }

// Results are those of all texts of all sets.
func Results() (all []Result) {
	for _, t := range []*texts{&ofSnapshot, &ofThePast, ofSnapshot.within()} {
		all = append(all, result(t.consumptionByLot), result(t.consumptionByRun), result(t.outputByLot), result(t.outputByRun),
			result(t.lots), result(t.stocks), result(t.runs), result(t.receipts), result(t.shipments), result(t.feedByLot), result(t.feedByRun))
		if t.coneForward != "" {
			all = append(all, result(t.coneForward), result(t.coneBackward))
		}
	}
	return append(all, result[lotRow](queries.LineagePastLotExists), result[lotRow](queries.LineageLotListAtLocation))
}

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

// NodeTable is nodeTable.
type NodeTable struct{ table nodeTable }

// Node is node.
type Node struct{ node }

// NewNode returns a node with a mark.
func NewNode(ref int32, unit uint16, mark uint8) Node { return Node{node{ref, unit, marks(mark)}} }

// Add adds a mark and says whether it had not been there.
func (n *Node) Add(mark uint8) bool {
	fresh := n.marks&marks(mark) == 0
	n.marks |= marks(mark)
	return fresh
}

// AllMarks are the marks there are.
var AllMarks = []uint8{uint8(visitedForward), uint8(visitedBackward), uint8(sent), uint8(hidden), uint8(stopped), uint8(met), uint8(tooLate)}

func (t *NodeTable) Get(id int64) Node              { return Node{t.table.get(id)} }
func (t *NodeTable) Put(id int64, n Node)           { t.table.put(id, n.node) }
func (t *NodeTable) Mark(id int64, mark uint8) bool { return t.table.mark(id, marks(mark)) }
func (t *NodeTable) With(mark uint8) []int64        { return t.table.with(marks(mark)) }
func (t *NodeTable) Size() int                      { return t.table.size }

// Bytes is what the pages take, without what finds them.
func (t *NodeTable) Bytes() (bytes int) {
	for _, p := range t.table.pages {
		bytes += 2*len(p.keys) + 8*len(p.values) + 8*len(p.taken)
	}
	return bytes
}

// Agenda is agenda.
type Agenda struct{ agenda agenda }

// Never and Always are never and always.
const Never, Always = never, always

func (a *Agenda) Add(lotID, at int64)       { a.agenda.add(lotID, at) }
func (a *Agenda) Turn() bool                { return a.agenda.turn() }
func (a *Agenda) More() bool                { return a.agenda.more() }
func (a *Agenda) Take(n int) []int64        { return a.agenda.take(n) }
func (a *Agenda) Followed(lots []int64)     { a.agenda.followed(lots) }
func (a *Agenda) Arrival(lotID int64) int64 { return a.agenda.arrival(lotID) }
func (a *Agenda) Improve(lotID, at int64)   { a.agenda.improve(lotID, at) }

// Pages is how many pages it keeps.
func (a *Agenda) Pages() int { return len(a.agenda.level.pages) + len(a.agenda.next.pages) }

// Kept is a quantity as an edge keeps it.
func Kept(quantity qty.Decimal) qty.Decimal {
	e := newEdge(&edgeRow{Quantity: quantity}, Consumption)
	return e.quantity()
}
