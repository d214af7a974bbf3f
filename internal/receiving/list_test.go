package receiving_test

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// list reads all pages and returns the codes.
func (h house) list(t *testing.T, req *pb.ListReceiptsRequest, between func()) (codes []string, pages int) {
	t.Helper()
	for pages < 20 {
		resp, err := h.Receiving.ListReceipts(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, r := range resp.Receipts {
			codes = append(codes, r.Code)
			whole := h.receipt(t, r.Code)
			whole.Lines, whole.Variances = nil, nil
			if !proto.Equal(r, whole) {
				t.Errorf("listed\n%v\nread\n%v", r, whole)
			}
		}
		if resp.NextPageToken == "" {
			return codes, pages
		}
		if between != nil {
			between()
		}
		req.PageToken = resp.NextPageToken
	}
	t.Fatalf("no end to the pages: %v", codes)
	return nil, 0
}

func TestListReceipts(t *testing.T) {
	t.Parallel()
	h := open(t)
	if all, _ := h.list(t, &pb.ListReceiptsRequest{}, nil); len(all) != 0 {
		t.Errorf("receipts %v in an empty house", all)
	}
	h.order(t, "PO/A", apitest.Supplier, "FLOUR 100 KGM")
	h.order(t, "PO/B", otherSupplier, "FLOUR 100 KGM")
	h.order(t, "PO/C", otherSupplier, "FLOUR 100 KGM")
	var all, ofA []string // the latest recorded first
	for i := range 7 {
		code, order := fmt.Sprintf("R/%d", i), "PO/B"
		if i%3 == 0 {
			order, ofA = "PO/A", append(ofA, code)
		}
		all = append(all, code)
		req := arrived(code, order, lot(1, "L-"+code, "1", "KGM"))
		// When it arrived has no say in the order.
		req.ReceivedAt = at(t, fmt.Sprintf("2025-03-%02dT00:00:00Z", 28-i))
		req.References = []*pb.Reference{{Kind: "delivery_note", Value: code}}
		h.receive(t, req)
	}
	slices.Reverse(all)
	slices.Reverse(ofA)
	for _, c := range []struct {
		order string
		size  int32
		want  []string
		pages int
	}{
		{"", 0, all, 1}, {"", 2, all, 4}, {"", 7, all, 1}, {"", 1, all, 7}, {"PO/A", 2, ofA, 2}, {"PO/A", 0, ofA, 1}, {"PO/C", 0, nil, 1},
	} {
		got, pages := h.list(t, &pb.ListReceiptsRequest{PurchaseOrderCode: c.order, PageSize: c.size}, nil)
		if !slices.Equal(got, c.want) || pages != c.pages {
			t.Errorf("order %q, pages of %d: %v in %d pages, want %v in %d", c.order, c.size, got, pages, c.want, c.pages)
		}
	}
	// What comes in meanwhile stands before, and moves nothing.
	n := 0
	got, _ := h.list(t, &pb.ListReceiptsRequest{PageSize: 3}, func() {
		n++
		h.receive(t, arrived(fmt.Sprintf("meanwhile %d", n), "PO/A", lot(1, fmt.Sprintf("meanwhile %d", n), "1", "KGM")))
	})
	if !slices.Equal(got, all) {
		t.Errorf("with receipts coming in: %v, want %v", got, all)
	}

	page, err := h.Receiving.ListReceipts(t.Context(), &pb.ListReceiptsRequest{PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, req := range []*pb.ListReceiptsRequest{
		{PageToken: "garbage"}, {PageToken: page.NextPageToken + "A"}, {PageToken: page.NextPageToken, PurchaseOrderCode: "PO/A"},
	} {
		_, err := h.Receiving.ListReceipts(t.Context(), req)
		apitest.WantRefusal(t, err, codes.InvalidArgument, "BAD_PAGE_TOKEN", "page_token")
	}
}

// What comes with an order fits a message, and each line has its share of it.
func TestTenThousandLots(t *testing.T) {
	t.Parallel()
	h := open(t)
	const lines, receipts, lots = 11, 21, 500
	h.order(t, "PO", apitest.Supplier, slices.Repeat([]string{"FLOUR 1000 KGM"}, lines)...)
	for i := range receipts {
		req := arrived(fmt.Sprint("R", i), "PO") // the same lots each time
		for n := range lots {
			line := int32((i*lots+n)%lines + 1)
			req.Lines = append(req.Lines, with(lot(line, fmt.Sprint("F-", n), "1", "KGM"), func(l *pb.ReceiptLine) { l.AddToExisting = i > 0 }))
		}
		h.receive(t, req)
	}
	order, err := h.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: "PO"})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, status := range order.LineStatuses {
		total += len(status.Lots)
		if !status.LotsTruncated || len(status.Lots) < 10_000/lines {
			t.Errorf("line %d: %d lots, truncated %v", status.Variance.LineNumber, len(status.Lots), status.LotsTruncated)
		}
	}
	if total != 10_000 {
		t.Errorf("%d lots", total)
	}
}
