package main

import (
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/config"
)

// seedFlags are what a trace starts from, or what was complained about, as it was typed.
type seedFlags struct {
	lots, scans, supplierLots, receipts, runs, shipments []string
}

// seedNames are the flags that say it, as refusals list them.
const seedNames = "--lot, --scan, --supplier-lot, --receipt, --run or --shipment"

// flags are those that say it, each as often as it is wanted. To is what is done with them.
func (s *seedFlags) flags(flags *pflag.FlagSet, to string) {
	flags.StringArrayVar(&s.lots, "lot", nil, to+" this lot: `SKU,LOT`; a code with a comma in it is put in \"quotes\"")
	flags.StringArrayVar(&s.scans, "scan", nil, to+" the lot that a scanner read `this` of")
	flags.StringArrayVar(&s.supplierLots, "supplier-lot", nil, to+" the lots that came under a supplier's lot code: `SUPPLIER,CODE` or SUPPLIER,CODE,SKU")
	flags.StringArrayVar(&s.receipts, "receipt", nil, to+" the lots that this `receipt` brought")
	flags.StringArrayVar(&s.runs, "run", nil, to+" this run: `ORDER,RUN`")
	flags.StringArrayVar(&s.shipments, "shipment", nil, to+" the lots on this `shipment`")
}

// seeds are all of them, behind those that the arguments name: SKU LOT, any number of times.
func (s *seedFlags) seeds(args []string) (seeds []*pb.TraceSeed, err error) {
	if len(args)%2 == 1 {
		return nil, fmt.Errorf("%w: of item %q, which lot? Give its code behind it; lots are given as SKU LOT", config.ErrInvalid, args[len(args)-1])
	}
	for i := 0; i < len(args); i += 2 {
		seeds = append(seeds, lotSeed(args[i:]))
	}
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
