package demo

import (
	"fmt"
	"io"
)

// Commands are what to go on with, given the address of gRPC and the base URL of
// REST: each can be pasted into a shell.
func Commands(grpcAddress, rest string) (curl, grpcurl []string) {
	lot := fmt.Sprintf("%s/v1/items/%s/lots/%s", rest, FlourSKU, FlourLot)
	danish := fmt.Sprintf("%s/v1/items/%s/lots/%s", rest, DanishSKU, DanishLot)
	curl = []string{
		fmt.Sprintf("curl %s", lot),
		fmt.Sprintf("curl -N %s/trace/forward", lot),
		fmt.Sprintf("curl %s/v1/locations/%s/contents", rest, ColdRoom),
		fmt.Sprintf("curl %s/v1/purchase-orders/%s", rest, FlourOrder),
		fmt.Sprintf("curl %s/v1/shipments/%s/manifest", rest, HotelParcel),
		fmt.Sprintf("curl %s/v1/recalls/%s/lots", rest, RecallCase),
		fmt.Sprintf(`curl -H 'Idempotency-Key: my-first-hold' -d '{"reason": "just trying"}' %s/holds`, danish),
	}
	grpcurl = []string{
		fmt.Sprintf("grpcurl -plaintext %s list", grpcAddress),
		fmt.Sprintf(`grpcurl -plaintext -d '{"sku": "%s", "lot_code": "%s"}' %s lottrail.v1.LotsService/ListLotMovements`, FlourSKU, FlourLot, grpcAddress),
		fmt.Sprintf(`grpcurl -plaintext -d '{"sku": "%s", "lot_code": "%s"}' %s lottrail.v1.TraceService/TraceBackward`, DanishSKU, DanishLot, grpcAddress),
	}
	return curl, grpcurl
}

// TellCommands prints Commands.
func TellCommands(w io.Writer, grpcAddress, rest string) {
	Heading(w, "Go on with")
	fmt.Fprintf(w, "  In the browser: %s/docs/ has every call to try,\n    %s/v1/recalls/%s/packet/page is the recall's packet as it stands\n", rest, rest, RecallCase)
	curl, grpcurl := Commands(grpcAddress, rest)
	for _, command := range append(curl, grpcurl...) {
		fmt.Fprintln(w, "  "+command)
	}
}
