package trace

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// dossierSection reads one section of a dossier, and puts its entries one by one.
type dossierSection struct {
	kind lottrailv1.DossierSection
	read func(*dossierReader, context.Context) error
}

// dossierSections are told in this order: first what whoever is in a hurry has to know. A
// further one is a line here and in the page of
// package dossier, a field of the message, and a query.
var dossierSections = []dossierSection{
	{lottrailv1.DossierSection_DOSSIER_SECTION_STOCKS, (*dossierReader).stocks},
	{lottrailv1.DossierSection_DOSSIER_SECTION_HOLDS, (*dossierReader).holds},
	{lottrailv1.DossierSection_DOSSIER_SECTION_RECALLS, (*dossierReader).recalls},
	{lottrailv1.DossierSection_DOSSIER_SECTION_SHIPMENTS, (*dossierReader).shipments},
	{lottrailv1.DossierSection_DOSSIER_SECTION_RECEIPTS, (*dossierReader).receipts},
	{lottrailv1.DossierSection_DOSSIER_SECTION_RUNS, (*dossierReader).runs},
	{lottrailv1.DossierSection_DOSSIER_SECTION_STAYS, (*dossierReader).stays},
	{lottrailv1.DossierSection_DOSSIER_SECTION_ROTATIONS, (*dossierReader).rotations},
	{lottrailv1.DossierSection_DOSSIER_SECTION_ADJUSTMENTS, (*dossierReader).adjustments},
	{lottrailv1.DossierSection_DOSSIER_SECTION_DATE_CHANGES, (*dossierReader).dateChanges},
	{lottrailv1.DossierSection_DOSSIER_SECTION_COSTS, (*dossierReader).costs},
}

const (
	// dossierChunk is how many rows are read at once.
	dossierChunk = 500
	// maxDossierPart is how large a part gets, unless a single entry is larger.
	maxDossierPart = 32 << 10
	// maxRunLots is how many inputs, and outputs, a run is told with.
	maxRunLots = 1000
)

// dossierReader reads a dossier and sends it in parts of bounded size.
type dossierReader struct {
	*queries.Queries
	tx *pg.Snapshot
	// query asks for the trace of the lot at the moment that the dossier is of, and logIndex
	// and asOf say of that moment what its queries take.
	query           lineage.Query
	at              moment
	logIndex        int64
	asOf            time.Time
	tenantID, lotID int64
	unit, weight    string // of the item; weight is empty if it is not weighed
	emit            func(*lottrailv1.GetDossierResponse) error
	part            *lottrailv1.GetDossierResponse
	size            int
	count           int32 // of the section under way
	parties         map[int64]*lottrailv1.Party
	onHand          qty.Decimal
	spent           spending
	statement       *lottrailv1.DossierStatement
	cutRuns         int32
	cases           []*lottrailv1.DossierRecall
	unsearched      []lottrailv1.DossierConcern // too much lies there
}

func newDossierReader(tx *pg.Snapshot, q lineage.Query, at moment, emit func(*lottrailv1.GetDossierResponse) error) *dossierReader {
	seen := q.Horizon()
	return &dossierReader{
		Queries: queries.New(tx), tx: tx, query: q, at: at, logIndex: seen.LogIndex, asOf: seen.Until,
		tenantID: q.TenantID, lotID: q.LotIDs[0], emit: emit, part: &lottrailv1.GetDossierResponse{},
		parties: map[int64]*lottrailv1.Party{}, statement: &lottrailv1.DossierStatement{},
	}
}

func (r *dossierReader) read(ctx context.Context) error {
	if err := r.lot(ctx); err != nil {
		return err
	}
	for _, section := range dossierSections {
		r.count = 0
		if err := section.read(r, ctx); err != nil {
			return err
		}
		r.statement.Counts = append(r.statement.Counts, &lottrailv1.DossierCount{Section: section.kind, Count: r.count})
	}
	stateDossier(r.statement, r.at.String(), r.cutRuns, r.unsearched)
	r.part.Statement = r.statement
	return r.emit(r.part)
}

// put adds an entry to the section under way, in the part that is being filled or in the
// next one.
func (r *dossierReader) put(entry proto.Message, add func(*lottrailv1.GetDossierResponse)) error {
	r.count++
	return r.add(entry, add)
}

func (r *dossierReader) add(entry proto.Message, add func(*lottrailv1.GetDossierResponse)) error {
	size := proto.Size(entry)
	if r.size > 0 && r.size+size > maxDossierPart {
		part := r.part
		r.part, r.size = &lottrailv1.GetDossierResponse{}, 0
		if err := r.emit(part); err != nil {
			return err
		}
	}
	r.size += size
	add(r.part)
	return nil
}

// lot begins the dossier, and notes what its snapshot sees.
func (r *dossierReader) lot(ctx context.Context) error {
	r.statement.LogPosition = r.at.known.Position(r.tx, r.tenantID)
	readAt, err := r.PacketReadAt(ctx)
	if err != nil {
		return err
	}
	r.statement.ReadAt = timestamppb.New(readAt)
	row, err := r.DossierLotGet(ctx, queries.DossierLotGetParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf})
	if err != nil {
		return err
	}
	totals, err := r.DossierTotals(ctx, queries.DossierTotalsParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf})
	if err != nil {
		return err
	}
	r.unit, r.weight, r.onHand = totals.BaseUnit, totals.WeightUnit, row.OnHand
	lot := &lottrailv1.DossierLot{
		Lot: pbtype.Lot(queries.LotGetRow(row)), Category: totals.Category,
		Received: pbtype.Quantity(totals.Received, r.unit), PutOut: pbtype.Quantity(totals.PutOut, r.unit), Consumed: pbtype.Quantity(totals.Consumed, r.unit),
		Shipped: pbtype.Quantity(totals.Shipped, r.unit), Scrapped: pbtype.Quantity(totals.Scrapped, r.unit), Adjusted: pbtype.Quantity(totals.Adjusted, r.unit),
	}
	if err := r.readRecalls(ctx); err != nil {
		return err
	}
	for _, c := range r.cases {
		if threatens(c) {
			lot.OpenRecallCount++
		}
	}
	r.statement.AsOf = pbtype.Time(r.at.asOf)
	lot.AsOf = r.statement.GetAsOf()
	if r.at.known != nil {
		lot.KnownAt = r.statement.GetLogPosition()
	}
	return r.add(lot, func(part *lottrailv1.GetDossierResponse) { part.Lot = lot })
}

// meet tells of parties before they are named, those that were not told of before.
func (r *dossierReader) meet(ctx context.Context, ids []int64) error {
	var fresh []int64
	for _, id := range ids {
		if _, met := r.parties[id]; !met && id != 0 {
			r.parties[id] = nil
			fresh = append(fresh, id)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	rows, err := r.PacketPartyList(ctx, queries.PacketPartyListParams{TenantID: r.tenantID, PartyIds: fresh})
	if err != nil {
		return err
	}
	byID := make(map[int64]*queries.PacketPartyListRow, len(rows))
	for i := range rows {
		byID[rows[i].PartyID] = &rows[i]
	}
	for _, id := range fresh {
		party, err := pbtype.Party(byID[id])
		if err != nil {
			return err
		}
		r.parties[id] = party
		if err := r.add(party, func(part *lottrailv1.GetDossierResponse) { part.Parties = append(part.Parties, party) }); err != nil {
			return err
		}
	}
	return nil
}
