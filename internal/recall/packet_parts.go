package recall

import (
	"context"

	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// sendParts emits a packet in parts of bounded size, what the case is about first.
func sendParts(ctx context.Context, r *packetReader, emit func(*lottrailv1.GetRecallPacketResponse) error) error {
	p := &packer{emit: emit, told: &lottrailv1.RecallScope{}, met: map[int64]bool{}, part: &lottrailv1.GetRecallPacketResponse{Recall: r.recall}}
	for _, step := range []func() error{
		func() error { return r.eachLots(ctx, r.direct, p.lots) },
		p.flush, // for whoever waits to see something
		func() error { return r.eachLots(ctx, r.others, p.lots) },
		func() error { return r.eachRuns(ctx, r.runs, p.runs) },
		func() error { return p.receipts(ctx, r) },
		func() error {
			return r.eachGone(ctx, func(shipments []gone) error { return p.shipments(r, shipments) })
		},
		func() error { return checkPacket(r.statement.GetScope(), p.told) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	p.part.Statement = r.statement
	return emit(p.part)
}

// packer fills parts.
type packer struct {
	emit func(*lottrailv1.GetRecallPacketResponse) error
	part *lottrailv1.GetRecallPacketResponse
	size int
	told *lottrailv1.RecallScope
	met  map[int64]bool // parties that were told of
	last int64          // the customer of the shipment before
}

// make room for an entry, in the part under way or in the next one.
func (p *packer) room(entry proto.Message) error {
	size := proto.Size(entry)
	if p.size > 0 && p.size+size > maxPart {
		if err := p.flush(); err != nil {
			return err
		}
	}
	p.size += size
	return nil
}

func (p *packer) flush() error {
	part := p.part
	p.part, p.size = &lottrailv1.GetRecallPacketResponse{}, 0
	return p.emit(part)
}

func (p *packer) lots(lots []*lottrailv1.RecallLot) error {
	for _, lot := range lots {
		if err := p.room(lot); err != nil {
			return err
		}
		p.part.Lots = append(p.part.Lots, lot)
		p.told.LotCount++
	}
	return nil
}

func (p *packer) runs(runs []*lottrailv1.RecallRun) error {
	for _, run := range runs {
		if err := p.room(run); err != nil {
			return err
		}
		p.part.Runs = append(p.part.Runs, run)
		p.told.RunCount++
	}
	return nil
}

// party tells of a party before it is named for the first time.
func (p *packer) party(r *packetReader, id int64) error {
	if p.met[id] {
		return nil
	}
	p.met[id] = true
	if err := p.room(r.parties[id]); err != nil {
		return err
	}
	p.part.Parties = append(p.part.Parties, r.parties[id])
	return nil
}

func (p *packer) receipts(ctx context.Context, r *packetReader) error {
	receipts, err := r.receipts(ctx)
	if err != nil {
		return err
	}
	for _, receipt := range receipts {
		if err := p.party(r, receipt.supplierID); err != nil {
			return err
		}
		if err := p.room(receipt.RecallReceipt); err != nil {
			return err
		}
		p.part.Receipts = append(p.part.Receipts, receipt.RecallReceipt)
	}
	return nil
}

func (p *packer) shipments(r *packetReader, shipments []gone) error {
	for _, shipment := range shipments {
		if err := p.party(r, shipment.customerID); err != nil {
			return err
		}
		if err := p.room(shipment.RecallShipment); err != nil {
			return err
		}
		p.part.Shipments = append(p.part.Shipments, shipment.RecallShipment)
		p.told.ShipmentCount++
		if shipment.customerID != p.last {
			p.last = shipment.customerID
			p.told.CustomerCount++
		}
	}
	return nil
}
