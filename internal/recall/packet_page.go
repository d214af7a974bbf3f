package recall

import (
	"context"
	"io"
	"slices"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/packet"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

// writePage writes a packet as a page, in the order in which people need it.
func writePage(ctx context.Context, r *packetReader, w io.Writer) error {
	stocks, err := r.q.PacketStockList(ctx, queries.PacketStockListParams{TenantID: r.tenantID, LotIds: r.scope.lots})
	if err != nil {
		return err
	}
	places, err := r.places(ctx, stocks)
	if err != nil {
		return err
	}
	head, err := r.head(ctx)
	if err != nil {
		return err
	}
	head.Places = int32(len(places))
	page, err := packet.Begin(w, head)
	if err != nil {
		return err
	}
	kept, err := readKept(ctx, r.tx, r.tenantID, r.c.RecallID)
	if err != nil {
		return err
	}
	r.sketch = newSketch(r.scope.lots)
	inProcess, finished := r.runsByState()
	for _, step := range []func() error{
		func() error { return r.writeCustomers(ctx, page) },
		func() error { return r.writeStock(page, places, stocks, kept) },
		func() error { return r.eachLots(ctx, r.direct, r.sketch.withLots(r.direct, page.Lots)) },
		func() error { return r.eachLots(ctx, r.others, r.sketch.withLots(r.others, page.Lots)) },
		func() error { return r.eachRuns(ctx, inProcess, page.Runs) },
		func() error { return r.eachRuns(ctx, finished, page.Runs) },
		func() error { return r.writeSuppliers(ctx, page) },
		func() error { return page.Picture(r.sketch.graph(r.parties)) },
		func() error { return r.writeEvents(ctx, page) },
		page.End,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (r *packetReader) head(ctx context.Context) (packet.Head, error) {
	head := packet.Head{Recall: r.recall, Statement: r.statement, ItemNames: map[string]string{}}
	items, err := r.q.PacketItemList(ctx, queries.PacketItemListParams{TenantID: r.tenantID, LotIds: r.scope.lots})
	if err != nil {
		return head, err
	}
	for _, item := range items {
		head.ItemNames[item.SKU] = item.Name
	}
	return head, r.eachLots(ctx, r.direct, func(lots []*lottrailv1.RecallLot) error {
		head.Direct = append(head.Direct, lots...)
		return nil
	})
}

func (r *packetReader) runsByState() (inProcess, finished []queries.PacketRunOrderRow) {
	for _, run := range r.runs {
		if run.InProcess {
			inProcess = append(inProcess, run)
		} else {
			finished = append(finished, run)
		}
	}
	return inProcess, finished
}

// writeCustomers keeps what one customer got until it is all there.
func (r *packetReader) writeCustomers(ctx context.Context, page *packet.Page) error {
	var got packet.Customer
	var customerID int64
	write := func() error {
		if len(got.Shipments) == 0 {
			return nil
		}
		got.Party = r.parties[customerID]
		return page.Customer(got)
	}
	err := r.eachGone(ctx, func(shipments []gone) error {
		for _, shipment := range shipments {
			if shipment.customerID != customerID {
				if err := write(); err != nil {
					return err
				}
				got, customerID = packet.Customer{}, shipment.customerID
			}
			got.Shipments = append(got.Shipments, shipment.RecallShipment)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return write()
}

// places reads what the locations are called, where something is left.
func (r *packetReader) places(ctx context.Context, stocks []queries.PacketStockListRow) (map[int64]packet.Place, error) {
	var ids []int64
	for i := range stocks {
		if i == 0 || stocks[i].LocationID != stocks[i-1].LocationID {
			ids = append(ids, stocks[i].LocationID)
		}
	}
	places := make(map[int64]packet.Place, len(ids))
	for chunk := range slices.Chunk(ids, packetChunk) {
		rows, err := r.q.PacketPlaceList(ctx, queries.PacketPlaceListParams{TenantID: r.tenantID, LocationIds: chunk})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			places[row.LocationID] = packet.Place{Name: row.Name, Within: row.Within}
		}
	}
	return places, nil
}

// writeStock writes what is left, which is sorted by location.
func (r *packetReader) writeStock(page *packet.Page, places map[int64]packet.Place, stocks []queries.PacketStockListRow, kept map[int64]bool) error {
	for len(stocks) > 0 {
		first := &stocks[0]
		place := places[first.LocationID]
		place.Code = first.LocationCode
		n := 0
		for ; n < len(stocks) && stocks[n].LocationID == first.LocationID; n++ {
			row := &stocks[n]
			standing := queries.RecallLotListRow{Kept: kept[row.LotID]}
			if _, released := r.scope.released[row.LotID]; released {
				standing.ReleaseReason = new(string)
			}
			state, _ := lotState(r.scope.fixed, &standing)
			place.Lots = append(place.Lots, packet.Stock{
				Lot: &lottrailv1.LotKey{Sku: row.SKU, LotCode: row.LotCode}, OnHand: pbtype.Quantity(row.OnHand, row.BaseUnit),
				State: state, ExpiryDate: civil.Format(row.ExpiryDate),
			})
		}
		if err := page.Place(place); err != nil {
			return err
		}
		stocks = stocks[n:]
	}
	return nil
}

// writeSuppliers groups receipts by who delivered, in the order in which they did
// first.
func (r *packetReader) writeSuppliers(ctx context.Context, page *packet.Page) error {
	receipts, err := r.receipts(ctx)
	if err != nil {
		return err
	}
	var order []int64
	bySupplier := map[int64][]*lottrailv1.RecallReceipt{}
	for _, receipt := range receipts {
		if bySupplier[receipt.supplierID] == nil {
			order = append(order, receipt.supplierID)
		}
		bySupplier[receipt.supplierID] = append(bySupplier[receipt.supplierID], receipt.RecallReceipt)
		r.sketch.supplied(receipt, r.parties[receipt.supplierID])
	}
	for _, id := range order {
		if err := page.Supplier(packet.Supplier{Party: r.parties[id], Receipts: bySupplier[id]}); err != nil {
			return err
		}
	}
	return nil
}

// writeEvents writes what was done in the case.
func (r *packetReader) writeEvents(ctx context.Context, page *packet.Page) error {
	var recordedAt time.Time
	var operationID int64
	for {
		rows, err := r.q.RecallEventList(ctx, queries.RecallEventListParams{
			TenantID: r.tenantID, RecallID: r.c.RecallID, AfterRecordedAt: recordedAt, AfterOperationID: operationID, RowLimit: packetChunk,
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		events, err := withLots(ctx, r.tx, r.tenantID, r.c.RecallID, rows)
		if err != nil {
			return err
		}
		if err := page.Events(events); err != nil {
			return err
		}
		last := rows[len(rows)-1]
		recordedAt, operationID = last.RecordedAt, last.OperationID
	}
}
