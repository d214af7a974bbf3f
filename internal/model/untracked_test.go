package model_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// untracked is an item that is not tracked by lot: its lots are made by the service, one a
// receipt and one a run, and begin with this letter, too.
const untracked = "r"

// untrackedTheme has it bought, made and consumed between items that are tracked.
var untrackedTheme = theme{
	kinds:     []kind{receive, receive, receive, output, output, consume, consume, consume, ship, ship, move, move, move, adjust, adjust, scrap, reverse, finish},
	alone:     plenty,
	untracked: true,
	amend: func(t *rapid.T, op *operation) {
		if len(op.Lines) > 0 && slices.Contains([]kind{receive, output, consume, ship, move, adjust, scrap}, op.Kind) && rapid.IntRange(0, 3).Draw(t, "untracked") > 0 {
			op.Lines = op.Lines[:1]
			op.Lines[0].Lot, op.Add = untracked, op.Add && op.Kind == adjust
			op.By = ""
		}
	},
}

// inferred is the lot that a receipt or a run brings.
func (w *world) inferred(op operation) string {
	if op.Kind == output {
		return fmt.Sprintf("run run %d of %s-order", op.Run, w.name)
	}
	return fmt.Sprintf("receipt %s%s line 1", w.name, op.Document)
}

// drawn puts the lots in place of an untracked item that were seen to be drawn, if these
// are what may be drawn: the oldest that are there, each used up before the next. Which
// are there is looked up without a lock: of what has changed in the same round, they may
// be without.
func (w *world) drawn(op operation) (lines []line, refused string) {
	if op.Lines[0].Lot != untracked {
		return op.Lines, ""
	}
	of := op.Lines[0]
	there := slices.DeleteFunc(slices.Sorted(maps.Keys(w.lots)), func(code string) bool {
		return code[:1] != untracked || w.lots[code].onHand[of.From] == 0
	})
	sum := 0
	for _, code := range there {
		sum += w.lots[code].onHand[of.From]
	}
	found := op.Kind == adjust && op.Add
	switch {
	case found && sum == 0:
		return nil, "FOUND_WITHOUT_LOT"
	case !found && sum < of.Quantity:
		return nil, "INSUFFICIENT_STOCK"
	}
	told, ok := strings.CutPrefix(op.Seen, "ok: ")
	if !ok {
		return nil, "not refused"
	}
	youngest, rest := 0, of.Quantity
	for _, text := range strings.Split(told, ", ") {
		var n int
		amount, code, _ := strings.Cut(text, " ")
		_, _ = fmt.Sscan(amount, &n)
		l := w.lots[code]
		i := slices.Index(there, code)
		if i < 0 || l.born < youngest || !found && n != min(rest, l.onHand[of.From]) {
			return nil, fmt.Sprintf("not %d of %s", n, code)
		}
		there = slices.Delete(there, i, i+1)
		youngest, rest = l.born, rest-n
		lines = append(lines, line{Lot: code, From: of.From, To: of.To, Quantity: n})
	}
	for _, code := range there {
		changed := slices.ContainsFunc(w.movements, func(m movement) bool { return m.Lot == code && m.round == w.round })
		if w.lots[code].born < youngest && !changed {
			return nil, "not before " + code
		}
	}
	if rest != 0 {
		return nil, "not so much"
	}
	return lines, ""
}

// tellDrawn words what was drawn of an untracked item.
func tellDrawn(op operation, response proto.Message) string {
	if op.Lines[0].Lot != untracked {
		return "ok"
	}
	var told []string
	if r, shipped := response.(*pb.ShipResponse); shipped {
		for _, l := range r.Manifest.Lines {
			told = append(told, l.Quantity.Value+" "+l.Lot.LotCode)
		}
	} else {
		for _, m := range response.(interface{ GetMovements() []*pb.Movement }).GetMovements() {
			told = append(told, m.Quantity.Value+" "+m.Lot.LotCode)
		}
	}
	return "ok: " + strings.Join(told, ", ")
}

// tellLines is what the model tells of the same.
func tellLines(op operation, lines []line) string {
	if op.Lines[0].Lot != untracked {
		return "ok"
	}
	var told []string
	for _, l := range lines {
		told = append(told, fmt.Sprintf("%d %s", l.Quantity, l.Lot))
	}
	return "ok: " + strings.Join(told, ", ")
}
