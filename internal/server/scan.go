package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/scan"
)

// scanner fills what scanners read into requests, before they are validated: whatever
// takes a lot by sku and lot_code takes a scan beside them.
type scanner struct{ db resolve.DB }

// unary is the interceptor. What a scan says depends on which item has its GTIN at the
// moment, so a write is told apart from others by what was sent; and a refused one goes
// on to command.Run, for it may be the repeat of one that was carried out.
func (s scanner) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	message, ok := req.(proto.Message)
	if !ok {
		return next(ctx, req)
	}
	found := scansIn(message.ProtoReflect(), "")
	if len(found) == 0 {
		return next(ctx, req)
	}
	content, err := command.Content(message)
	if err != nil {
		return nil, err
	}
	err = s.fill(ctx, found)
	isWrite := message.ProtoReflect().Descriptor().Fields().ByName(requestIDField) != nil
	if refusal := (*errs.Error)(nil); err != nil && !(isWrite && errors.As(err, &refusal)) {
		return nil, err
	}
	return next(command.WithSent(ctx, content, err), req)
}

func (s scanner) stream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return next(srv, &scannedStream{stream, s})
}

type scannedStream struct {
	grpc.ServerStream
	scanner scanner
}

// RecvMsg receives a request; those of streams are reads.
func (s *scannedStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	message, ok := m.(proto.Message)
	if !ok {
		return nil
	}
	return s.scanner.fill(s.Context(), scansIn(message.ProtoReflect(), ""))
}

// maxScans is more than any request may have lines.
const maxScans = 2000

// fill reads all scans, looks up what they name in one round trip, and fills the messages
// that they stand in.
func (s scanner) fill(ctx context.Context, found []scanned) error {
	if len(found) == 0 {
		return nil
	}
	if len(found) > maxScans {
		return errs.Invalid(found[maxScans].at, "TOO_MANY_SCANS", "there are more than %d scans in the request; send it in parts", maxScans)
	}
	now := time.Now()
	var gtins []string
	var skus resolve.Keys
	for i := range found {
		f := &found[i]
		var err error
		if f.code, err = scan.Read(f.at, f.data, now); err != nil {
			return err
		}
		if gtin := f.code.GTIN(); gtin != "" {
			gtins = append(gtins, gtin)
		} else if sku := f.text("sku"); sku != "" {
			skus = append(skus, resolve.Key{Path: f.path + "sku", Value: sku})
		}
	}
	slices.Sort(gtins)
	lookup := resolve.NewLookup(auth.FromContext(ctx).TenantID)
	byGTIN := lookup.GTINs(slices.Compact(gtins))
	bySKU := lookup.Items(skus)
	if err := lookup.Do(ctx, s.db); err != nil {
		return err
	}
	for i := range found {
		f := &found[i]
		meant, known := byGTIN[f.code.GTIN()]
		if gtin := f.code.GTIN(); gtin == "" {
			meant.Item, known = bySKU[f.text("sku")]
		} else if !known {
			return resolve.UnknownGTIN(f.at, gtin)
		}
		if !known {
			return f.refuseNameless()
		}
		if err := f.fill(meant); err != nil {
			return err
		}
	}
	return nil
}

// scansIn finds the scans in a message, and in those within it. What is longer than a
// scan may be is left for the field rules to refuse.
func scansIn(message protoreflect.Message, prefix string) []scanned {
	if !mayScan(message.Descriptor(), nil) {
		return nil
	}
	var found []scanned
	fields := message.Descriptor().Fields()
	if scan := fields.ByName("scan"); isText(scan) {
		if data := message.Get(scan).String(); data != "" && len(data) <= maxScanLength {
			one := scanned{at: prefix + "scan", path: prefix, message: message, data: data}
			one.insteadOf(fields.ByName("lot"))
			found = append(found, one)
		}
	}
	if scans, lots := fields.ByName("scans"), fields.ByName("lots"); scans != nil && lots != nil {
		list := message.Get(scans).List()
		for i := range list.Len() {
			if data := list.Get(i).String(); len(data) <= maxScanLength {
				at := fmt.Sprintf("%sscans[%d]", prefix, i)
				lot := message.Get(lots).List().NewElement()
				found = append(found, scanned{at: at, path: at + ".", message: lot.Message(), data: data, done: func() { message.Mutable(lots).List().Append(lot) }})
			}
		}
	}
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case field.Message() == nil || field.IsMap() || !message.Has(field):
		case !field.IsList():
			found = append(found, scansIn(message.Get(field).Message(), prefix+field.TextName()+".")...)
		default:
			list := message.Get(field).List()
			for j := range list.Len() {
				found = append(found, scansIn(list.Get(j).Message(), fmt.Sprintf("%s%s[%d].", prefix, field.TextName(), j))...)
			}
		}
	}
	return found
}

// insteadOf has a scan that stands in place of a lot become that lot.
func (f *scanned) insteadOf(lot protoreflect.FieldDescriptor) {
	scan := f.message.Descriptor().Fields().ByName("scan")
	if lot == nil || lot.Message() == nil || lot.ContainingOneof() == nil || lot.ContainingOneof() != scan.ContainingOneof() {
		return
	}
	within, key := f.message, f.message.NewField(lot)
	f.path, f.message = f.at+".", key.Message()
	f.done = func() { within.Set(lot, key) }
}

const maxScanLength = scan.MaxLength

func isText(field protoreflect.FieldDescriptor) bool {
	return field != nil && field.Kind() == protoreflect.StringKind && !field.IsList()
}

// mayScan says whether messages of a kind can have a scan in them. above are the kinds
// that it stands in, for some stand in themselves.
func mayScan(kind protoreflect.MessageDescriptor, above []protoreflect.FullName) bool {
	if slices.Contains(above, kind.FullName()) {
		return false
	}
	fields := kind.Fields()
	if isText(fields.ByName("scan")) || fields.ByName("scans") != nil {
		return true
	}
	for i := range fields.Len() {
		if inner := fields.Get(i).Message(); inner != nil && mayScan(inner, append(above, kind.FullName())) {
			return true
		}
	}
	return false
}
