package server_test

import (
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// TestEveryLotCanBeScanned: whatever in a request names a lot takes a scan beside it.
func TestEveryLotCanBeScanned(t *testing.T) {
	t.Parallel()
	named := 0
	protoregistry.GlobalFiles.RangeFilesByPackage(pb.File_lottrail_v1_types_proto.Package(), func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				lacking(methods.Get(j).Input(), func(message protoreflect.MessageDescriptor, has bool) {
					if named++; !has {
						t.Errorf("%s: %s names a lot and takes no scan", methods.Get(j).Name(), message.Name())
					}
				})
			}
		}
		return true
	})
	if named < 15 {
		t.Errorf("only %d requests name lots", named)
	}
}

// lacking tells the messages in a request that name a lot, and whether they take a scan.
// A list of lots has scans beside it, one lot a scan to choose instead. What was collected offline is scanned when its turn
// has come, and has it under another name.
func lacking(message protoreflect.MessageDescriptor, tell func(protoreflect.MessageDescriptor, bool)) {
	fields := message.Fields()
	if fields.ByName("lot_code") != nil {
		tell(message, fields.ByName("scan") != nil || fields.ByName("scanned") != nil)
	}
	for i := range fields.Len() {
		switch inner := fields.Get(i).Message(); {
		case inner == nil:
		case inner.Name() == "LotKey":
			tell(message, fields.ByName("scans") != nil || fields.ByName("scan") != nil)
		default:
			lacking(inner, tell)
		}
	}
}
