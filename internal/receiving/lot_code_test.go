package receiving_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

const (
	rye  = "RYE"  // LOT-{YYYY}-{MM}-{###}
	oats = "OATS" // {DD}{#}
)

func openWithPatterns(t *testing.T) house {
	t.Helper()
	h := open(t)
	for sku, pattern := range map[string]string{rye: "LOT-{YYYY}-{MM}-{###}", oats: "{DD}{#}"} {
		h.PushItem(t, &pb.Item{Sku: sku, Name: sku, BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: pattern})
	}
	return h
}

// lotCodes are those of a receipt's lines.
func lotCodes(r *pb.Receipt) []string {
	var lots []string
	for _, l := range r.GetLines() {
		lots = append(lots, l.GetLotCode())
	}
	return lots
}

func TestLotCodesAreGenerated(t *testing.T) {
	t.Parallel()
	h := openWithPatterns(t)
	h.order(t, "PO-1", apitest.Supplier, "RYE 100 KGM", "OATS 100 KGM", "FLOUR 100 KGM", "SALT 9 GRM")
	// The first code is taken by hand in this receipt, the third before it. What does not
	// look like a code of the pattern is in nobody's way.
	h.receive(t, arrived("RC-1", "PO-1", lot(1, "LOT-2026-03-003", "1", "KGM"), lot(1, "OTHER", "1", "KGM")))
	req := arrived("RC-2", "PO-1", lot(1, "", "2", "KGM"), lot(4, "", "2", "GRM"), lot(1, "LOT-2026-03-001", "3", "KGM"), lot(2, "", "4", "KGM"), lot(1, "", "5", "KGM"))
	req.ReceivedAt = at(t, "2026-03-31T21:30:00Z")
	got := h.receive(t, req)
	want := []string{"LOT-2026-03-002", "receipt RC-2 line 2", "LOT-2026-03-001", "311", "LOT-2026-03-004"}
	if !slices.Equal(lotCodes(got), want) {
		t.Errorf("lots %q, want %q", lotCodes(got), want)
	}
	if h.onHand(t, rye, "LOT-2026-03-004") != "5" {
		t.Errorf("of the last lot there is %s", h.onHand(t, rye, "LOT-2026-03-004"))
	}
	again, err := h.Receiving.Receive(t.Context(), req)
	if err != nil || !proto.Equal(again.GetReceipt(), got) {
		t.Errorf("the same request again: %v, %v", again, err)
	}
	read, err := h.Receiving.GetReceipt(t.Context(), &pb.GetReceiptRequest{Code: "RC-2"})
	if err != nil || !slices.Equal(lotCodes(read.GetReceipt()), want) {
		t.Errorf("it is read with lots %q, %v", lotCodes(read.GetReceipt()), err)
	}
	// Two hours later it is another month there; in Los Angeles it is not.
	req = arrived("RC-3", "PO-1", lot(1, "", "1", "KGM"), with(lot(1, "", "1", "KGM"), func(l *pb.ReceiptLine) { l.LocationCode = losAngeles }))
	req.ReceivedAt = at(t, "2026-03-31T23:30:00Z")
	if got, want := lotCodes(h.receive(t, req)), []string{"LOT-2026-04-001", "LOT-2026-03-005"}; !slices.Equal(got, want) {
		t.Errorf("lots %q, want %q", got, want)
	}
}

func TestLotCodesRunOut(t *testing.T) {
	t.Parallel()
	h := openWithPatterns(t)
	h.order(t, "PO-1", apitest.Supplier, "OATS 100 KGM", "FLOUR 100 KGM")
	day := at(t, "2026-03-25T12:00:00Z")
	lines := func(n int) []*pb.ReceiptLine {
		return slices.Repeat([]*pb.ReceiptLine{lot(1, "", "1", "KGM")}, n)
	}
	req := arrived("RC-1", "PO-1", append(lines(7), lot(1, "258", "1", "KGM"))...)
	req.ReceivedAt = day
	h.receive(t, req)
	before := h.contents(t)
	req = arrived("RC-2", "PO-1", append(lines(2), lot(2, "FL", "1", "KGM"))...)
	req.ReceivedAt = day
	_, err := h.Receiving.Receive(t.Context(), req)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_CODES_EXHAUSTED", "lines[1].lot_code")
	if after := h.contents(t); after != before {
		t.Errorf("it left\n%s\nof\n%s", after, before)
	}
	// One digit more goes on where the numbers were; what a refused receipt took is free.
	h.PushItem(t, &pb.Item{Sku: oats, Name: oats, BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: "{DD}{##}"})
	if got, want := lotCodes(h.receive(t, req))[:2], []string{"2508", "2509"}; !slices.Equal(got, want) {
		t.Errorf("lots %q, want %q", got, want)
	}
	_, err = h.Receiving.Receive(t.Context(), arrived("RC-3", "PO-1", with(lot(1, "", "1", "KGM"), func(l *pb.ReceiptLine) { l.AddToExisting = true })))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[0].lot_code")
	_, err = h.Receiving.Receive(t.Context(), arrived("RC-3", "PO-1", lot(2, "", "1", "KGM")))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[0].lot_code")
}

// Lots that have their codes by hand, a thousand in front of the first free one.
func TestLotCodesBehindMany(t *testing.T) {
	t.Parallel()
	h := openWithPatterns(t)
	h.PushItem(t, &pb.Item{Sku: rye, Name: rye, BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: "R{####}"})
	h.order(t, "PO-1", apitest.Supplier, "RYE 5000 KGM")
	for i := range 3 {
		var lines []*pb.ReceiptLine
		for n := range 500 {
			lines = append(lines, lot(1, fmt.Sprintf("R%04d", 500*i+n+1), "1", "KGM"))
		}
		h.receive(t, arrived(fmt.Sprint("RC ", i), "PO-1", lines...))
	}
	if got := lotCodes(h.receive(t, arrived("RC-4", "PO-1", lot(1, "", "1", "KGM"), lot(1, "", "1", "KGM")))); !slices.Equal(got, []string{"R1501", "R1502"}) {
		t.Errorf("lots %q", got)
	}
}

// Sixteen at once, some of which give a code of the series by hand, and some of which are
// refused: all codes differ, and none is left out.
func TestLotCodesAreUnique(t *testing.T) {
	t.Parallel()
	const clients, receipts = 16, 4
	h := openWithPatterns(t)
	h.PushItem(t, &pb.Item{Sku: oats, Name: oats, BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: "O{###}"})
	h.PushItem(t, &pb.Item{Sku: rye, Name: rye, BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: "R{###}"})
	var mutex sync.Mutex
	seen := map[string][]string{}
	var wg sync.WaitGroup
	for i := range clients {
		order := fmt.Sprintf("PO %d", i)
		h.order(t, order, apitest.Supplier, "RYE 1000 KGM", "OATS 1000 KGM")
		client := pb.NewReceivingServiceClient(h.Dial(t))
		wg.Go(func() {
			for n := range receipts {
				lines := []*pb.ReceiptLine{lot(1, "", "1", "KGM"), lot(2, "", "1", "KGM"), lot(1, "", "1", "KGM")}
				if i%2 == 1 {
					slices.Reverse(lines)
				}
				byHand := i == 3
				if byHand {
					lines = append(lines, lot(1, fmt.Sprintf("R%03d", 20*(n+1)), "1", "KGM"))
				}
				if i%5 == 4 && n == 2 { // as expiry is not tracked, only the dates are wrong
					lines = append(lines, with(lot(2, "", "1", "KGM"), func(l *pb.ReceiptLine) { l.ProductionDate, l.ExpiryDate = "2025-02-02", "2025-02-01" }))
				}
				resp, err := client.Receive(t.Context(), arrived(fmt.Sprintf("RC %d %d", i, n), order, lines...))
				if err != nil {
					if reason := apitest.Reason(err); reason != "DATES_REVERSED" && (!byHand || reason != "LOT_EXISTS") {
						t.Errorf("client %d: %v", i, err)
					}
					continue
				}
				mutex.Lock()
				for _, l := range resp.GetReceipt().GetLines() {
					seen[l.GetLotCode()[:1]] = append(seen[l.GetLotCode()[:1]], l.GetLotCode())
				}
				mutex.Unlock()
			}
		})
	}
	wg.Wait()
	for series, lots := range seen {
		slices.Sort(lots)
		if len(slices.Compact(slices.Clone(lots))) != len(lots) {
			t.Errorf("a code was given twice: %q", lots)
		}
		last := 0
		for _, code := range lots {
			var n int
			if _, err := fmt.Sscanf(code, series+"%d", &n); err != nil {
				t.Fatal(err)
			}
			if n != last+1 && n%20 != 0 { // what was given by hand may lie ahead
				t.Errorf("%s follows %d", code, last)
			}
			last = n
		}
		if len(lots) < clients*receipts-20 {
			t.Errorf("only %d lots of series %s", len(lots), series)
		}
	}
}
