package model_test

import (
	"context"
	"fmt"
	"slices"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// reservations are what is reserved of lots, and what is left of each reservation.
var reservations = topic{
	read: func(ctx context.Context, p plant, _ *theme) ([]string, error) {
		var told []string
		list, err := p.api.Dispatch.ListReservations(ctx, &pb.ListReservationsRequest{
			SalesOrderCode: p.order(), State: pb.ReservationState_RESERVATION_STATE_ACTIVE, PageSize: 1000,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range list.Reservations {
			told = append(told, fmt.Sprintf("reservation %d of %s: %s at %s for %d", r.Number, r.Lot.LotCode, r.Quantity.Value, r.LocationCode, r.SalesOrderLineNumber))
		}
		for _, code := range everything {
			resp, err := p.api.Lots.LocateLot(ctx, &pb.LocateLotRequest{Sku: p.sku(code), LotCode: code})
			if apitest.Reason(err) == "UNKNOWN_LOT" {
				continue
			}
			if err != nil {
				return nil, err
			}
			for _, s := range resp.Stocks {
				told = append(told, shareFact(code, s.LocationCode, s.Reserved.Value, s.Held.Value, s.Available.Value))
			}
		}
		slices.Sort(told)
		return told, nil
	},
	tell: func(w *world) []string {
		var told []string
		for code, l := range w.lots {
			for i, k := range l.kept {
				for location, quantity := range k.at {
					if quantity > 0 {
						told = append(told, fmt.Sprintf("reservation %d of %s: %d at %s for %d", i+1, code, quantity, location, orderLine(k.line, code)))
					}
				}
			}
			for location, quantity := range l.onHand {
				held, available := 0, quantity-l.reserved(location)
				if l.held() {
					held, available = quantity, 0
				}
				if quantity > 0 {
					told = append(told, shareFact(code, location, fmt.Sprint(l.reserved(location)), fmt.Sprint(held), fmt.Sprint(available)))
				}
			}
		}
		slices.Sort(told)
		return told
	},
}

func shareFact(code, location, reserved, held, available string) string {
	return fmt.Sprintf("%s at %s: %s reserved, %s held, %s available", code, location, reserved, held, available)
}
