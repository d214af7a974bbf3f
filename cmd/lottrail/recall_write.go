package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/paper"
	"github.com/lottrail/lottrail/internal/treeview"
	"github.com/lottrail/lottrail/internal/wording"
)

// writePage takes a packet as a page and returns its statement.
func writePage(ctx context.Context, client pb.RecallServiceClient, caseNumber string, w io.Writer) (string, error) {
	stream, err := client.RenderRecallPacket(ctx, &pb.RenderRecallPacketRequest{CaseNumber: caseNumber})
	if err != nil {
		return "", err
	}
	return savePieces(w, func() ([]byte, error) {
		piece, err := stream.Recv()
		return piece.GetBody().GetData(), err
	})
}

// savePieces writes a page as its pieces come, and returns its statement.
func savePieces(w io.Writer, next func() ([]byte, error)) (string, error) {
	progress := newPacketProgress()
	defer progress.end()
	var tail []byte
	size := 0
	for {
		data, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		if _, err := w.Write(data); err != nil {
			return "", err
		}
		tail = append(tail, data...)
		tail = tail[max(0, len(tail)-paper.Tail):]
		size += len(data)
		progress.show(wording.Number(size/1024) + " KiB")
	}
	statement, whole := paper.Told(tail)
	if !whole {
		return "", errCut
	}
	return statement, nil
}

// writeJSON takes a packet in parts, a line each, and returns its statement.
func writeJSON(ctx context.Context, client pb.RecallServiceClient, caseNumber string, w io.Writer) (string, error) {
	stream, err := client.GetRecallPacket(ctx, &pb.GetRecallPacketRequest{CaseNumber: caseNumber})
	if err != nil {
		return "", err
	}
	progress := newPacketProgress()
	defer progress.end()
	var statement *pb.RecallStatement
	var lots, shipments int
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		line, err := oneLine(part)
		if err != nil {
			return "", err
		}
		if _, err := w.Write(line); err != nil {
			return "", err
		}
		statement = part.GetStatement()
		lots += len(part.GetLots())
		shipments += len(part.GetShipments())
		progress.show(wording.Count(lots, "lot") + ", " + wording.Count(shipments, "shipment line"))
	}
	if statement == nil {
		return "", errCut
	}
	return statement.GetStatement(), nil
}

// oneLine is a part as JSON, which protojson lays out anew from build to build.
func oneLine(part proto.Message) ([]byte, error) {
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(part)
	if err != nil {
		return nil, err
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		return nil, err
	}
	line.WriteByte('\n')
	return line.Bytes(), nil
}

// packetProgress tells on a terminal how much has come, and takes that away at the
// end.
type packetProgress struct {
	terminal bool
	last     time.Time
}

func newPacketProgress() *packetProgress {
	return &packetProgress{terminal: treeview.IsTerminal(os.Stderr)}
}

const clearLine = "\r\x1b[K"

func (p *packetProgress) show(text string) {
	if p.terminal && time.Since(p.last) > 100*time.Millisecond {
		fmt.Fprintf(os.Stderr, "%s… %s", clearLine, text)
		p.last = time.Now()
	}
}

func (p *packetProgress) end() {
	if p.terminal && !p.last.IsZero() {
		fmt.Fprint(os.Stderr, clearLine)
	}
}
