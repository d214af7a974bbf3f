package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// ReaderFigures are what a client in a process of its own has seen.
type ReaderFigures struct {
	Memory
	Lots      int  `json:"lots"`
	Edges     int  `json:"edges"`
	Shipments int  `json:"shipmentLines"`
	Whole     Took `json:"wholeMs"`
}

// Read is that client: it traces one lot forward, so as to be at rest after that, then
// another, and writes what that took to out, as JSON.
func Read(ctx context.Context, address string, rest, lot *lottrailv1.LotKey, out io.Writer) error {
	conn, err := dial(address)
	if err != nil {
		return err
	}
	defer conn.Close()
	client := lottrailv1.NewTraceServiceClient(conn)
	var figures ReaderFigures
	if err := figures.trace(ctx, client, rest); err != nil {
		return err
	}
	before, err := resident(os.Getpid())
	if err != nil {
		return err
	}
	figures = ReaderFigures{}
	if err := figures.trace(ctx, client, lot); err != nil {
		return err
	}
	after, err := resident(os.Getpid())
	if err != nil {
		return err
	}
	figures.Memory = Memory{Rest: before.Now, Peak: after.Peak}
	return json.NewEncoder(out).Encode(figures)
}

func (f *ReaderFigures) trace(ctx context.Context, client lottrailv1.TraceServiceClient, lot *lottrailv1.LotKey) error {
	began := time.Now()
	stream, err := client.TraceForward(ctx, &lottrailv1.TraceForwardRequest{Sku: lot.GetSku(), LotCode: lot.GetLotCode()})
	if err != nil {
		return err
	}
	complete := false
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		part := resp.GetPart()
		f.Lots, f.Edges, f.Shipments = f.Lots+len(part.GetLots()), f.Edges+len(part.GetEdges()), f.Shipments+len(part.GetShipments())
		complete = part.GetSummary().GetComplete()
	}
	if !complete {
		return fmt.Errorf("the trace of %s is not complete", lot.GetLotCode())
	}
	f.Whole = Took(time.Since(began))
	return nil
}
