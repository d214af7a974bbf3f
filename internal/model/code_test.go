package model_test

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// codeTheme is of lots whose codes are made here, beside others that are given, and of
// scans in their place. What has the letter of an item alone for its lot is given a
// code.
var codeTheme = theme{
	kinds: []kind{receive, receive, receive, receive, output, output, output, offline, consume, ship, adjust, scrap, reverse, holdLots},
	alone: plenty,
	item:  func(item *pb.Item) { item.LotCodePattern = item.Name[:1] + "{#}" },
	lots:  []string{"F4", "F5", "F6", "B4", "B5", "B6"},
	amend: func(t *rapid.T, op *operation) {
		for i := range op.Lines {
			l := &op.Lines[i]
			coded := []string{l.Lot, l.Lot, l.Lot[:1], l.Lot[:1] + "4", l.Lot[:1] + "5"}
			switch op.Kind {
			case receive, output:
				if l.Lot = rapid.SampledFrom(coded).Draw(t, "code"); len(l.Lot) == 1 {
					op.Add = false
					continue
				}
			case move, offline, consume, ship, adjust, scrap:
			default:
				continue
			}
			l.Scan = rapid.IntRange(0, 3).Draw(t, "scan")
		}
	},
}

// maxCode is the last number that the patterns have.
const maxCode = 9

// coded gives a line the next code of its item, if it has none: the first number behind
// the last that was given out, and not used by anybody.
func (w *world) coded(op operation) (l line, refused string) {
	l = op.Lines[0]
	if l.Lot == untracked {
		l.Lot = w.inferred(op)
		return l, ""
	}
	item := l.Lot
	if len(item) > 1 {
		return l, ""
	}
	exists := func(n int) bool { _, exists := w.lots[fmt.Sprint(item, n)]; return exists }
	n := w.codes[item] + 1
	for exists(n) {
		n++
	}
	// Numbers are given out behind the locks on lots, and so not always in the order of
	// the log.
	var seen int
	if _, err := fmt.Sscanf(op.Seen, "ok: "+item+"%d", &seen); err == nil && w.loose && !exists(seen) {
		n = seen
	}
	if n > maxCode {
		return l, "LOT_CODES_EXHAUSTED"
	}
	w.codes[item], l.Lot = max(w.codes[item], n), fmt.Sprint(item, n)
	return l, ""
}

// tellCode words what was answered to lines that had no code.
func tellCode(op operation, response proto.Message) string {
	if len(op.Lines[0].Lot) > 1 || op.Lines[0].Lot == untracked {
		return "ok"
	}
	if r, received := response.(*pb.ReceiveResponse); received {
		return "ok: " + r.Receipt.Lines[0].LotCode
	}
	return "ok: " + response.(*pb.RecordOutputsResponse).Movements[0].Lot.LotCode
}

// tellCoded is what the model tells of the same.
func tellCoded(op operation, l line) string {
	if len(op.Lines[0].Lot) > 1 || op.Lines[0].Lot == untracked {
		return "ok"
	}
	return "ok: " + l.Lot
}

// gtin is that of an item of this plant.
func (p plant) gtin(lot string) string {
	digits := fmt.Sprintf("04%010d%d", p.number, strings.Index("FB"+untracked, lot[:1]))
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (3 - 2*(i%2))
	}
	return digits + fmt.Sprint((10-sum%10)%10)
}

// ref is how a line names its lot: by item and code, or as scanners read it.
func (p plant) ref(l line) (sku, code, scan string) {
	gtin := p.gtin(l.Lot)
	switch l.Scan {
	case 1:
		return "", "", "]d201" + gtin + "10" + l.Lot
	case 2:
		return "", "", "(01)" + gtin + "(10)" + l.Lot
	case 3:
		return "", "", "https://id.gs1.org/01/" + gtin + "/10/" + l.Lot
	}
	if len(l.Lot) == 1 {
		return p.sku(l.Lot), "", ""
	}
	return p.sku(l.Lot), l.Lot, ""
}
