package main

import (
	"encoding/csv"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/config"
)

// shape is what a trace is asked for beside one lot: other seeds, a window, the detail.
type shape struct {
	lots, scans, supplierLots, receipts, runs, shipments []string
	from, until                                          string
	detail                                               string
}

// flags are those that a trace takes for it, and for what to leave out.
func (s *shape) flags(flags *pflag.FlagSet, filter *pb.TraceFilter) {
	flags.StringArrayVar(&s.lots, "lot", nil, "start from this lot, too: `SKU,LOT`; a code with a comma in it is put in \"quotes\"")
	flags.StringArrayVar(&s.scans, "scan", nil, "start from the lot that a scanner read `this` of")
	flags.StringArrayVar(&s.supplierLots, "supplier-lot", nil, "start from the lots that came under a supplier's lot code: `SUPPLIER,CODE` or SUPPLIER,CODE,SKU")
	flags.StringArrayVar(&s.receipts, "receipt", nil, "start from the lots that this `receipt` brought")
	flags.StringArrayVar(&s.runs, "run", nil, "start from this run: `ORDER,RUN`")
	flags.StringArrayVar(&s.shipments, "shipment", nil, "start from the lots on this `shipment`")
	flags.StringArrayVar(&filter.Categories, "category", nil, "show lots of items of this `category` only")
	flags.StringArrayVar(&filter.LocationCodes, "location", nil, "show lots only that are or were at this `location` or under it")
	flags.StringVar(&s.from, "from", "", "follow only what moved at this `time` or later, as 2026-03-25T06:30:00Z")
	flags.StringVar(&s.until, "until", "", "follow only what moved before this `time`")
	flags.StringVar(&s.detail, "detail", "", "`summary` alone, or movements too")
}

// request asks for it: of the lot that the arguments name, if they do, and of the seeds.
func (s *shape) request(args []string, filter *pb.TraceFilter) (*pb.TraceForwardRequest, error) {
	req := &pb.TraceForwardRequest{Filter: filter}
	var err error
	if req.Seeds, err = s.seeds(); err != nil {
		return nil, err
	}
	switch {
	case len(args) == 2 && req.Seeds == nil:
		req.Sku, req.LotCode = args[0], args[1]
	case len(args) == 2:
		req.Seeds = append(req.Seeds, lotSeed(args))
	case len(args) == 1:
		return nil, fmt.Errorf("%w: of item %q, which lot? Give its code behind it", config.ErrInvalid, args[0])
	case req.Seeds == nil:
		return nil, fmt.Errorf("%w: say what to trace: SKU LOT, or --lot, --scan, --supplier-lot, --receipt, --run or --shipment", config.ErrInvalid)
	}
	if filter.From, err = momentOf("--from", s.from); err != nil {
		return nil, err
	}
	if filter.Until, err = momentOf("--until", s.until); err != nil {
		return nil, err
	}
	req.Detail, err = detailOf(s.detail)
	return req, err
}

func (s *shape) seeds() (seeds []*pb.TraceSeed, err error) {
	add := func(flag string, values []string, least, most int, seed func([]string) *pb.TraceSeed) {
		for _, value := range values {
			parts := []string{value}
			if most > 1 && err == nil {
				parts, err = partsOf(flag, value, least, most)
			}
			if err == nil {
				seeds = append(seeds, seed(parts))
			}
		}
	}
	add("--lot", s.lots, 2, 2, lotSeed)
	add("--scan", s.scans, 1, 1, func(p []string) *pb.TraceSeed { return &pb.TraceSeed{Seed: &pb.TraceSeed_Scan{Scan: p[0]}} })
	add("--supplier-lot", s.supplierLots, 2, 3, func(p []string) *pb.TraceSeed {
		of := &pb.TraceSupplierLot{SupplierCode: p[0], SupplierLotCode: p[1]}
		if len(p) == 3 {
			of.Sku = p[2]
		}
		return &pb.TraceSeed{Seed: &pb.TraceSeed_SupplierLot{SupplierLot: of}}
	})
	add("--receipt", s.receipts, 1, 1, func(p []string) *pb.TraceSeed {
		return &pb.TraceSeed{Seed: &pb.TraceSeed_ReceiptCode{ReceiptCode: p[0]}}
	})
	add("--run", s.runs, 2, 2, func(p []string) *pb.TraceSeed {
		return &pb.TraceSeed{Seed: &pb.TraceSeed_Run{Run: &pb.TraceRunKey{ProductionOrderCode: p[0], RunCode: p[1]}}}
	})
	add("--shipment", s.shipments, 1, 1, func(p []string) *pb.TraceSeed {
		return &pb.TraceSeed{Seed: &pb.TraceSeed_ShipmentCode{ShipmentCode: p[0]}}
	})
	return seeds, err
}

func lotSeed(p []string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_Lot{Lot: &pb.LotKey{Sku: p[0], LotCode: p[1]}}}
}

// partsOf are the codes in a flag's value, which are told apart as in a line of CSV.
func partsOf(flag, value string, least, most int) ([]string, error) {
	parts, err := csv.NewReader(strings.NewReader(value)).Read()
	if err != nil || len(parts) < least || len(parts) > most {
		return nil, fmt.Errorf("%w: %s %s: wanted are %d codes with a comma between them, one with a comma in it in \"quotes\"", config.ErrInvalid, flag, value, least)
	}
	return parts, nil
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
