package plant

import (
	"fmt"
	"time"
)

// What a hall has, whatever its size.
const (
	HallCode = "HALL"
	// HallStocks is in how many bins each lot lies.
	HallStocks = 4
	// Staging is how many places there are beside the hall to bring to what is picked.
	Staging = 100

	hallItems  = 30 // beside the one of which there are many lots
	binStocks  = 50 // in a bin, on the average
	aisleBins  = 50
	runOutputs = 100 // lots
	hallPast   = 30  // days since the first of it was put out
	soonest    = 2   // days until something expires: nothing does while it is measured
	sameDay    = 20  // lots of the item that have one last day
)

// Hall is a warehouse that stands beside a plant, with as many balances as that has
// lots. A tenth as many are the lots of one item: one in fifty of these has expired, and
// of the others one in ten is on hold.
type Hall struct {
	Plant *Plant
	// Today is the day that last days are counted from.
	Today time.Time
	Bins  int
	// Lots are named by their index. The first are the many of one item, in the order
	// of first expired, first out.
	Lots []HallLot
	Many int // lots of the one item
}

// HallLot is a lot in the hall.
type HallLot struct {
	Item     int32
	LastDay  int32 // in days from today
	Held     bool
	Bins     [HallStocks]int32
	Quantity [HallStocks]int32
}

// MakeHall makes the hall of a plant. The same plant and day make the same hall.
func MakeHall(p *Plant, today time.Time) *Hall {
	h := &Hall{Plant: p, Today: today, Bins: max(HallStocks, p.Shape.Lots/binStocks), Lots: make([]HallLot, p.Shape.Lots/HallStocks), Many: p.Shape.Lots / 10}
	expired := h.Many / 50
	for i := range h.Lots {
		lot := &h.Lots[i]
		switch {
		case i < expired:
			lot.LastDay, lot.Held = int32(i*(hallPast/2)/expired-hallPast/2), true //nolint:gosec // few days
		case i < h.Many:
			lot.LastDay, lot.Held = int32(soonest+(i-expired)/sameDay), p.pick(10, 8, i) == 0 //nolint:gosec // fewer than lots
		default:
			lot.Item, lot.LastDay = 1+p.pick(hallItems, 9, i), soonest+p.pick(365, 10, i)
		}
		for k := range lot.Bins {
			lot.Bins[k] = int32((int(p.pick(uint64(h.Bins), 11, i)) + k*h.Bins/HallStocks) % h.Bins) //nolint:gosec // fewer than lots
			lot.Quantity[k] = 1 + p.pick(40, 12, i*HallStocks+k)
		}
	}
	return h
}

// Expired says whether a lot is past its last day.
func (lot *HallLot) Expired() bool { return lot.LastDay < 0 }

// Wish is how much the first so many lots of the one item have that may be picked, and
// how many lots have to be looked at for it, without those that have expired.
func (h *Hall) Wish(lots int) (quantity, look int) {
	for i := range h.Lots[:h.Many] {
		lot := &h.Lots[i]
		if lot.Expired() {
			continue
		}
		if look++; lot.Held {
			continue
		}
		for _, n := range lot.Quantity {
			quantity += int(n)
		}
		if lots--; lots == 0 {
			break
		}
	}
	return quantity, look
}

// Hot is the first lot of the one item that may be picked.
func (h *Hall) Hot() int {
	for i := range h.Lots {
		if !h.Lots[i].Held {
			return i
		}
	}
	return 0
}

// HotBin is the first of the bins that the hot lot lies in.
func (h *Hall) HotBin() int {
	bins := h.Lots[h.Hot()].Bins
	return int(min(bins[0], bins[1], bins[2], bins[3]))
}

// SKU names an item of the hall; 0 is the one with many lots.
func (h *Hall) SKU(item int) string { return fmt.Sprintf("STOCK-%02d", item) }

// LotCode names a lot of the hall.
func (h *Hall) LotCode(lot int) string { return fmt.Sprintf("H%07d", lot) }

// BinCode names a bin of the hall.
func (h *Hall) BinCode(bin int) string { return fmt.Sprintf("HALL-%06d", bin) }

// StagingCode names a place for what is picked.
func (h *Hall) StagingCode(n int) string { return fmt.Sprintf("STAGE-%02d", n) }

func (h *Hall) runs() int   { return (len(h.Lots) + runOutputs - 1) / runOutputs }
func (h *Hall) aisles() int { return (h.Bins + aisleBins - 1) / aisleBins }

// putOutAt is when a run put its lots out, in the order of the lots.
func (h *Hall) putOutAt(run int) time.Time {
	return h.Today.AddDate(0, 0, -hallPast).Add(hallPast / 2 * 24 * time.Hour * time.Duration(run) / time.Duration(h.runs()))
}
