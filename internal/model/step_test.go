package model_test

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

type kind string

// step is what there is to a kind of operation.
type step struct {
	// draw fills in an operation that comes after earlier ones.
	draw func(t *rapid.T, op *operation, earlier []operation)
	// do does it to the model, which may be left half done if it is refused.
	do func(w *world, op operation) string
	// send calls the service.
	send func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error)
	// tell words what was answered as the model does; "ok" if there is none.
	tell func(op operation, response proto.Message) string
	// split tells what was answered as that of several operations; nil if it is one.
	split func(p plant, op operation, response proto.Message) ([]played, error)
	// logged says whether one that ended so is in the log; nil if all are.
	logged func(outcome string) bool
	// alone is for what does not end the same for all that may be under way meanwhile:
	// it has rounds of its own.
	alone bool
	// unasked is for what has no request id, and is never sent again.
	unasked bool
}

// steps are all kinds of operations.
var steps = map[kind]step{
	receive:  receiveStep,
	output:   outputStep,
	finish:   finishStep,
	reopen:   reopenStep,
	consume:  consumeStep,
	ship:     shipStep,
	move:     moveStep,
	offline:  offlineStep,
	hold:     holdStep,
	holdLots: holdLotsStep,
	release:  releaseStep,
	reverse:  reverseStep,
	redate:   redateStep,
	adjust:   adjustStep,
	scrap:    scrapStep,
	open:     openStep,
	activate: activateStep,
	decide:   decideStep,
	end:      endStep,

	openCount:   openCountStep,
	readCount:   readCountStep,
	postCount:   postCountStep,
	cancelCount: cancelCountStep,

	propose:   proposeStep,
	look:      lookStep,
	reserve:   reserveStep,
	unreserve: unreserveStep,
	shipFor:   shipForStep,
	moveFor:   moveForStep,
	moveClock: moveClockStep,
}

// operation is one call. Document is the receipt's or shipment's code, or the request
// whose finish of a run is taken back; it belongs to the content. Of is which kind of them a reversal takes back. Seen is how it
// really ended, for the model to follow where it may end in several ways.
type operation struct {
	Kind     kind
	Request  string
	Document string
	Of       kind
	Run      int
	Add      bool
	Number   int
	Case     string
	Keep     bool
	Reason   string
	By       string
	Lines    []line
	Seen     string
}

type line struct {
	Lot, From, To string
	Quantity      int
	Weight        int    // 0 if none is told
	Date          string // the expiry date
	Share         int    // of what is put out, 0 if none is stated
	Scan          int    // the form of the scan that names the lot, 0 if none does
}

func (op operation) content() string {
	op.Request, op.Seen = "", ""
	return fmt.Sprintf("%+v", op)
}

// drawLines draws lines on some of the lots: with a quantity, and the location where it
// is, if they are of stock.
func (op *operation) drawLines(t *rapid.T, most int, lots []string, ofStock bool) {
	lines := 1
	if most > 1 {
		lines = rapid.IntRange(1, most).Draw(t, "lines")
	}
	for range lines {
		// Only what is sent belongs to the content.
		l := line{Lot: rapid.SampledFrom(lots).Draw(t, "lot")}
		if ofStock {
			l.From = rapid.SampledFrom(locations).Draw(t, "from")
			l.Quantity = rapid.SampledFrom([]int{1, 2, 4, 6}).Draw(t, "quantity")
		}
		op.Lines = append(op.Lines, l)
	}
}
