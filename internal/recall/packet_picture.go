package recall

import (
	"cmp"
	"slices"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/picture"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/wording"
)

// sketch gathers the picture of a packet while its sections are written, so that nothing
// is read twice. A nil sketch gathers nothing.
type sketch struct {
	*picture.Sheet
	scope []int64  // sorted
	lots  []int32  // handles of the lots in scope
	units []string // likewise
	names map[string]string
	runs  map[int64]int
	kinds map[picture.Kind]map[int64]int // handles of parties
	gone  []queries.PacketShipmentOrderRow
}

func newSketch(lots []int64) *sketch {
	return &sketch{
		Sheet: picture.NewSheet(picture.ByEdges), scope: lots, lots: make([]int32, len(lots)), units: make([]string, len(lots)),
		names: map[string]string{}, runs: map[int64]int{}, kinds: map[picture.Kind]map[int64]int{picture.Supplier: {}, picture.Customer: {}},
	}
}

func (s *sketch) place(lotID int64) int {
	place, _ := slices.BinarySearch(s.scope, lotID) // the packet has no other lots
	return place
}

// once has each text in memory once.
func (s *sketch) once(text string) string {
	if _, known := s.names[text]; !known {
		s.names[text] = text
	}
	return s.names[text]
}

// withLots has fn write lots that come in the order of ids, and draws them.
func (s *sketch) withLots(ids []int64, fn func([]*lottrailv1.RecallLot) error) func([]*lottrailv1.RecallLot) error {
	return func(lots []*lottrailv1.RecallLot) error {
		for i, lot := range lots {
			s.lot(ids[i], lot)
		}
		ids = ids[len(lots):]
		return fn(lots)
	}
}

func (s *sketch) lot(id int64, l *lottrailv1.RecallLot) {
	n := picture.Node{
		Kind: picture.Lot, Title: l.GetLot().GetLotCode(), Lines: []string{l.GetItemName()}, Group: s.once(l.GetLot().GetSku()), Seed: l.GetDirect(),
		Held: l.GetState() == lottrailv1.RecallLotState_RECALL_LOT_STATE_HELD || l.GetState() == lottrailv1.RecallLotState_RECALL_LOT_STATE_KEPT,
	}
	if l.GetOnHand().GetValue() != "0" {
		n.Lines = append(n.Lines, wording.Amount(l.GetOnHand())+" on hand")
	}
	place := s.place(id)
	s.lots[place], s.units[place] = int32(s.Add(n)), s.once(l.GetOnHand().GetUnit()) //nolint:gosec // as many as there are lots
}

func (s *sketch) run(row *queries.PacketRunListRow) {
	if s != nil {
		s.runs[row.RunID] = s.Add(picture.Node{
			Kind: picture.Run, Title: row.ProductionOrderCode + " / " + row.Code, Group: s.once(row.SKU), Open: row.FinishedAt == nil,
		})
	}
}

// moved draws what a run consumed or put out.
func (s *sketch) moved(runID, lotID int64, quantity *lottrailv1.Quantity, out bool) {
	if s == nil {
		return
	}
	from, to := int(s.lots[s.place(lotID)]), s.runs[runID]
	if out {
		from, to = to, from
	}
	s.Join(from, to, quantity)
}

func (s *sketch) party(kind picture.Kind, id int64, p *lottrailv1.Party) int {
	handle, known := s.kinds[kind][id]
	if !known {
		handle = s.Add(picture.Node{Kind: kind, Title: cmp.Or(p.GetName(), p.GetCode()), Lines: []string{p.GetCode()}})
		s.kinds[kind][id] = handle
	}
	return handle
}

func (s *sketch) supplied(receipt supplied, by *lottrailv1.Party) {
	s.Join(s.party(picture.Supplier, receipt.supplierID, by), int(s.lots[s.place(receipt.lotID)]), receipt.GetQuantity())
}

// graph is the picture, once all that it gathers was read.
func (s *sketch) graph(parties map[int64]*lottrailv1.Party) *picture.Graph {
	for i := range s.gone {
		g := &s.gone[i]
		place := s.place(g.LotID)
		lot := int(s.lots[place])
		s.Gone(lot)
		s.Join(lot, s.party(picture.Customer, g.CustomerID, parties[g.CustomerID]), pbtype.Quantity(g.Quantity, s.units[place]))
	}
	return s.Graph()
}
