package main

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/config"
)

// shape is what is asked of a trace beside what it starts from: a window, and what is left
// out.
type shape struct {
	seedFlags
	from, until string
}

// flags are those that say it.
func (s *shape) flags(flags *pflag.FlagSet, filter *pb.TraceFilter) {
	s.seedFlags.flags(flags, "start from")
	flags.StringArrayVar(&filter.Categories, "category", nil, "show lots of items of this `category` only")
	flags.StringArrayVar(&filter.LocationCodes, "location", nil, "show lots only that are or were at this `location` or under it")
	flags.StringVar(&s.from, "from", "", "follow only what moved at this `time` or later, as 2026-03-25T06:30:00Z")
	flags.StringVar(&s.until, "until", "", "follow only what moved before this `time`")
}

// request asks for it: of the lot that the arguments name, if that is all, or of the seeds.
func (s *shape) request(args []string, filter *pb.TraceFilter) (*pb.TraceForwardRequest, error) {
	req := &pb.TraceForwardRequest{Filter: filter}
	seeds, err := s.seeds(args)
	switch {
	case err != nil:
		return nil, err
	case len(seeds) == 0:
		return nil, fmt.Errorf("%w: say what to trace: SKU LOT, or %s", config.ErrInvalid, seedNames)
	case len(args) > 0 && len(seeds) == 1:
		req.Sku, req.LotCode = args[0], args[1]
	default:
		req.Seeds = seeds
	}
	if filter.From, err = momentOf("--from", s.from); err != nil {
		return nil, err
	}
	filter.Until, err = momentOf("--until", s.until)
	return req, err
}

func momentOf(flag, value string) (*timestamppb.Timestamp, error) {
	if value == "" {
		return nil, nil
	}
	moment, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return nil, fmt.Errorf("%w: %s %s: wanted is a time such as 2026-03-25T06:30:00Z", config.ErrInvalid, flag, value)
	}
	return timestamppb.New(moment), nil
}

func detailOf(value string) (pb.TraceDetail, error) {
	switch value {
	case "":
		return pb.TraceDetail_TRACE_DETAIL_UNSPECIFIED, nil
	case "summary":
		return pb.TraceDetail_TRACE_DETAIL_SUMMARY, nil
	case "movements":
		return pb.TraceDetail_TRACE_DETAIL_MOVEMENTS, nil
	}
	return 0, fmt.Errorf("%w: --detail %s: it is summary or movements, or left out", config.ErrInvalid, value)
}
