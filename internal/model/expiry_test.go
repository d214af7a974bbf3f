package model_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/expiry"
)

// look is the service's own look after dates. It is no call, and known in the log by
// when it happened.
const look kind = "look"

var expiryTheme = theme{
	kinds: []kind{redate, redate, redate, redate, look, look, look, ship, consume, move, receive, scrap, release, release, hold, reverse},
	alone: plenty,
}

var lookStep = step{
	unasked: true,
	logged:  func(outcome string) bool { return strings.Contains(outcome, "hold") },
	draw:    func(*rapid.T, *operation, []operation) {},
	do:      (*world).look,
	send: func(ctx context.Context, p plant, _ *grpc.ClientConn, op operation) (proto.Message, error) {
		now := p.lookedAt(op.Request)
		if _, err := expiry.Look(ctx, p.api.DB, 1, now); err != nil {
			return nil, err
		}
		rows, err := p.api.DB.Query(ctx, `
			SELECT lot.lot_code || ' hold ' || hold.number
			FROM hold JOIN operation ON operation.tenant_id = hold.tenant_id AND operation.operation_id = hold.placed_operation_id
			JOIN lot ON lot.tenant_id = hold.tenant_id AND lot.lot_id = hold.lot_id
			WHERE operation.tenant_id = 1 AND operation.principal = $1 AND operation.occurred_at = $2 ORDER BY 1`, expiry.Principal, now)
		if err != nil {
			return nil, err
		}
		held, err := pgx.CollectRows(rows, pgx.RowTo[string])
		return wrapperspb.String(strings.Join(held, ", ")), err
	},
	tell: func(_ operation, response proto.Message) string {
		return "ok: " + response.(*wrapperspb.StringValue).Value
	},
}

// lookedAt is a moment of its own for every look of every plant, long after the past.
func (p plant) lookedAt(request string) time.Time {
	var n int
	_, _ = fmt.Sscanf(request, "q%d", &n)
	return p.looksFrom().Add(time.Duration(n) * time.Microsecond)
}

func (p plant) looksFrom() time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(p.number) * time.Second)
}

// asLook is the request of a look that happened at a moment.
func (p plant) asLook(at time.Time) string {
	return fmt.Sprintf("q%d", at.Sub(p.looksFrom()).Microseconds())
}

// ofExpiry is for holds the case of those that a look placed.
const ofExpiry = "expiry"

// look holds what has expired and is there, once for each date. What it had found before
// is not locked: of what became so in the same round, it may have known or not.
func (w *world) look(op operation) string {
	var told []string
	for _, code := range slices.Sorted(maps.Keys(w.lots)) {
		l := w.lots[code]
		fresh := l.dated == w.round || slices.ContainsFunc(w.movements, func(m movement) bool { return m.Lot == code && m.round == w.round })
		if l.expiry != past || l.total() == 0 || l.looked || fresh && !strings.Contains(op.Seen, code+" hold") {
			continue
		}
		l.hold(ofExpiry)
		l.looked = true
		w.lots[code] = l
		told = append(told, fmt.Sprintf("%s hold %d", code, len(l.holds)))
	}
	return "ok: " + strings.Join(told, ", ")
}

// redated releases what looks held, if the lot is good again, and lets them look anew.
func (w *world) redated(l *lot) {
	l.dated, l.looked = w.round, false
	for i, of := range l.cases {
		if of == ofExpiry && l.expiry != past {
			l.holds[i] = false
		}
	}
}
