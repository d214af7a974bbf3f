package trace

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"

	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/page"
)

// maxPageBytes ends a page before page_size does: clients take 4 MiB a message
// unless told otherwise.
const maxPageBytes = 2 << 20

// GetTrace walks again for each page, over what was handed out already and on.
// The token holds how much that was and a hash of it, so that a page either fits
// to those before or is refused. What was known at a moment of the past stays as
// it is, but for names and contacts.
func (s *Service) GetTrace(ctx context.Context, req *lottrailv1.GetTraceRequest) (*lottrailv1.GetTraceResponse, error) {
	var done progress
	if _, err := page.Decode(req, &done); err != nil {
		return nil, err
	}
	p := &pager{done: done, size: int(page.Size(req.PageSize, 1000)), hash: sha256.New(), part: &lottrailv1.TracePart{}}
	measured := begin(ctx, directions[req.Direction], paged)
	err := s.walk(ctx, req, directions[req.Direction], p.add)
	if err == nil || errors.Is(err, errPageFull) {
		measured.sent(p.part)
	}
	measured.ended(err)
	switch {
	case err == nil:
		return &lottrailv1.GetTraceResponse{Part: p.part}, nil
	case errors.Is(err, errPageFull):
		token, err := page.Encode(req, progress{Entries: p.entries, Sum: p.hash.Sum(nil)})
		return &lottrailv1.GetTraceResponse{Part: p.part, NextPageToken: token}, err
	}
	return nil, err
}

var directions = map[lottrailv1.TraceDirection]lineage.Direction{
	lottrailv1.TraceDirection_TRACE_DIRECTION_FORWARD:  lineage.Forward,
	lottrailv1.TraceDirection_TRACE_DIRECTION_BACKWARD: lineage.Backward,
	lottrailv1.TraceDirection_TRACE_DIRECTION_BOTH:     lineage.Both,
}

// progress is how many entries were handed out, and what they hash to.
type progress struct {
	Entries int
	Sum     []byte
}

// errPageFull ends a walk when the page is full and there is more.
var errPageFull = errors.New("page is full")

// pager takes the part of a walk that makes one page.
type pager struct {
	done    progress
	size    int
	hash    hash.Hash
	part    *lottrailv1.TracePart
	entries int // from the beginning of the walk
	bytes   int // on this page
}

func (p *pager) add(found *lineage.Part) error {
	part := toPart(found)
	if err := each(p, part.Lots, &p.part.Lots); err != nil {
		return err
	}
	if err := each(p, part.Runs, &p.part.Runs); err != nil {
		return err
	}
	if err := each(p, part.Edges, &p.part.Edges); err != nil {
		return err
	}
	if err := each(p, part.Receipts, &p.part.Receipts); err != nil {
		return err
	}
	if err := each(p, part.Shipments, &p.part.Shipments); err != nil {
		return err
	}
	if err := each(p, part.OutOfTime, &p.part.OutOfTime); err != nil {
		return err
	}
	if err := each(p, part.LotAttributions, &p.part.LotAttributions); err != nil {
		return err
	}
	if err := each(p, part.RunAttributions, &p.part.RunAttributions); err != nil {
		return err
	}
	if err := each(p, part.ShipmentAttributions, &p.part.ShipmentAttributions); err != nil {
		return err
	}
	if err := each(p, part.CustomerAttributions, &p.part.CustomerAttributions); err != nil {
		return err
	}
	if err := each(p, part.ReceiptAttributions, &p.part.ReceiptAttributions); err != nil {
		return err
	}
	if part.Summary == nil {
		return nil
	}
	p.part.Summary = part.Summary
	return p.check()
}

// each takes entries to the page once it has begun.
func each[E proto.Message](p *pager, entries []E, to *[]E) error {
	for _, entry := range entries {
		if p.entries == p.done.Entries {
			if err := p.check(); err != nil {
				return err
			}
		}
		content, err := proto.MarshalOptions{Deterministic: true}.Marshal(entry)
		if err != nil {
			return err
		}
		if p.entries >= p.done.Entries {
			full := p.entries-p.done.Entries == p.size || p.bytes+len(content) > maxPageBytes
			if full && p.entries > p.done.Entries {
				return errPageFull
			}
			*to = append(*to, entry)
			p.bytes += len(content)
		}
		p.entries++
		p.hash.Write(binary.AppendUvarint(nil, uint64(len(content))))
		p.hash.Write(content)
	}
	return nil
}

// check refuses to go on when what was handed out is not there any more as it
// was.
func (p *pager) check() error {
	if p.done.Entries == 0 || p.entries > p.done.Entries {
		return nil
	}
	if p.entries < p.done.Entries || !bytes.Equal(p.hash.Sum(nil), p.done.Sum) {
		return errs.Aborted("page_token", "TRACE_CHANGED",
			"what was handed out already has changed meanwhile, and the pages would not fit together; start again from the first page, without a token, or take the trace as a stream")
	}
	return nil
}
