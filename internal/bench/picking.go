package bench

import (
	"context"
	"math/rand/v2"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// pickJob is what a picker takes of the hot lot, to a place of his own.
type pickJob struct {
	n     int64
	place int
	at    time.Time
	ask   bool // first, what to pick
}

func pickOne(ask bool) func(ctx context.Context, w *work, p poster, draw *rand.Rand, client int) error {
	return func(ctx context.Context, w *work, p poster, _ *rand.Rand, client int) error {
		return p.pick(ctx, pickJob{n: w.next.Add(1), place: client, at: time.Now(), ask: ask})
	}
}

var picking = []posting{{"picks from one lot", pickOne(false)}, {"proposals, then picks", pickOne(true)}}

// littleWish is met by the hot lot, which is the first that may be picked.
var littleWish = pickWish{quantity: perLine, look: 1}

func (c *client) pick(ctx context.Context, j pickJob) error {
	line := &lottrailv1.MoveLine{
		Sku: c.hall.SKU(0), LotCode: c.hall.LotCode(c.hall.Hot()), Quantity: quantity(),
		FromLocationCode: c.hall.BinCode(c.hall.HotBin()), ToLocationCode: c.hall.StagingCode(j.place),
	}
	if j.ask {
		proposed, err := c.lots.ProposePicks(ctx, c.toProposePicks(littleWish))
		if err != nil {
			return err
		}
		pick := proposed.GetProposals()[0].GetPicks()[0]
		line.LotCode, line.FromLocationCode = pick.GetLot().GetLotCode(), pick.GetLocationCode()
	}
	resp, err := c.lots.MoveLots(ctx, &lottrailv1.MoveLotsRequest{
		RequestId: requestID(j.n, 0), MovedAt: timestamppb.New(j.at), Purpose: lottrailv1.MovePurpose_MOVE_PURPOSE_PICK, Lines: []*lottrailv1.MoveLine{line},
	})
	return note(&c.sizes.pick, resp, err)
}

func (s *script) pick(ctx context.Context, j pickJob) error {
	if j.ask {
		if _, err := s.queryPicks(ctx, s.conn, littleWish); err != nil {
			return err
		}
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	lot, bin, place := s.hall.ids.Lot+int64(s.hall.Hot()), s.hall.ids.Bin(s.hall.Hall, s.hall.HotBin()), s.hall.ids.Stage(s.hall.Hall, j.place)
	s.request(j.n, 0, s.sizes.pick.Load())
	s.add("LockLots", tenantID, []int64{lot})
	s.addAt("TakeStock", lot, bin)
	s.addAt("AddStock", lot, place)
	operation := s.operation(j.n, 0, "transfer", j.at, nil, nil, nil)
	var m moves
	s.move(&m, lot, bin, place, 0, 0)
	s.movements(operation, "transfer", nil, j.at, &m)
	s.add("Transfer", tenantID, operation)
	return s.commit(ctx)
}
