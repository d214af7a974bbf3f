package lots

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// PostCount implements lottrailv1.LotsServiceServer.
func (s *Service) PostCount(ctx context.Context, req *lottrailv1.PostCountRequest) (*lottrailv1.PostCountResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.PostCountResponse, error) {
		count, err := lockCount(ctx, tx, req.GetCountCode())
		if err != nil {
			return nil, err
		}
		p := countPosting{tx: tx, count: count}
		if err := p.read(ctx); err != nil {
			return nil, err
		}
		takings, locked, err := p.draw(ctx)
		if err != nil {
			return nil, err
		}
		if !req.GetLeaveOut() {
			if err := refuseProblems(count.Code, p.problems); err != nil {
				return nil, err
			}
		}
		resp := &lottrailv1.PostCountResponse{}
		if len(takings) > 0 {
			a := adjustment{
				kind: ledger.KindAdjustment, at: time.Now(), reasonCode: "count", justification: req.GetJustification(),
				approvedBy: req.GetApprovedBy(), countID: &count.CountID, countCode: count.Code,
			}
			if resp.Movements, err = a.post(ctx, tx, takings, locked); err != nil {
				return nil, err
			}
		}
		if resp.LeftOut, err = p.finish(ctx); err != nil {
			return nil, err
		}
		err = closeCount(ctx, tx, &p.count, "posted", req.GetJustification())
		resp.Count = toCount(p.count)
		return resp, err
	})
}

// countPosting is a count on its way to be posted.
type countPosting struct {
	tx       *pg.Tx
	count    queries.CountGetRow
	lines    []*countedLine
	problems []problem
}

func (p *countPosting) refuse(l *countedLine, reason, why string) {
	l.bad = true
	p.problems = append(p.problems, problem{l, reason, why})
}

// read finds the lines that were counted, and have a variance that can be posted as far
// as can be seen without a lock.
func (p *countPosting) read(ctx context.Context) error {
	rows, err := queries.New(p.tx).CountListLine(ctx, queries.CountListLineParams{TenantID: p.tx.TenantID, CountID: p.count.CountID, RowLimit: maxCountLines})
	if err != nil {
		return err
	}
	var named []resolve.LotKey
	for _, row := range rows {
		l := &countedLine{row: row, variance: stockAmount{row.Counted.Sub(row.Expected), row.CountedWeight.Sub(row.ExpectedWeight)}}
		p.lines = append(p.lines, l)
		switch {
		case row.State == "open":
			p.refuse(l, problemOpen, "nobody has counted it")
		case row.State == "recount":
			p.refuse(l, problemRecount, fmt.Sprintf("%s %s were counted, and no other reading says the same", row.Counted, row.BaseUnit))
		case row.LotCode != "":
			named = append(named, resolve.LotKey{SKU: row.SKU, LotCode: row.LotCode})
		}
	}
	lookup := resolve.NewLookup(p.tx.TenantID)
	ids := lookup.Lots(named)
	if err := lookup.Do(ctx, p.tx); err != nil {
		return err
	}
	for _, l := range p.open() {
		if l.row.LotCode == "" {
			continue
		}
		if l.lotID = ids[resolve.LotName{SKU: l.row.SKU, LotCode: l.row.LotCode}]; l.lotID == 0 {
			p.refuse(l, problemDoubtful, "no such lot is known: receive it, or find out what it is")
		}
	}
	return p.judgeInferred(ctx)
}

// open are the lines that are to be posted.
func (p *countPosting) open() []*countedLine {
	var open []*countedLine
	for _, l := range p.lines {
		if !l.bad && (!l.variance.quantity.IsZero() || !l.variance.weight.IsZero()) {
			open = append(open, l)
		}
	}
	return open
}

// judgeInferred refuses variances of untracked items that no lot there could take.
// Draw would refuse the whole count for them.
func (p *countPosting) judgeInferred(ctx context.Context) error {
	now, err := p.inferredNow(ctx)
	if err != nil {
		return err
	}
	for _, l := range p.open() {
		there := now[countKey{l.row.LocationID, l.row.ItemID, ""}]
		switch {
		case l.row.LotCode != "":
		case l.variance.quantity.Sign() > 0 && there.IsZero():
			p.refuse(l, problemDoubtful, "nothing of it is there by the records, so nobody can say of which lot this is: move there what is recorded elsewhere, or receive it")
		case there.Add(l.variance.quantity).Sign() < 0:
			p.refuse(l, problemDoubtful, doubtOf(l.row.Expected, l.row.Counted, there, since{net: there.Sub(l.row.Expected)}))
		}
	}
	return nil
}

// inferredNow is what there is of untracked items, by line.
func (p *countPosting) inferredNow(ctx context.Context) (map[countKey]qty.Decimal, error) {
	params := queries.CountListInferredParams{TenantID: p.tx.TenantID}
	for _, l := range p.open() {
		if l.row.LotCode == "" {
			params.ItemIds, params.LocationIds = append(params.ItemIds, l.row.ItemID), append(params.LocationIds, l.row.LocationID)
		}
	}
	now := make(map[countKey]qty.Decimal, len(params.ItemIds))
	if len(params.ItemIds) == 0 {
		return now, nil
	}
	rows, err := queries.New(p.tx).CountListInferred(ctx, params)
	for _, r := range rows {
		now[countKey{r.LocationID, r.ItemID, ""}] = r.OnHand
	}
	return now, err
}

// draw locks all lots of the variances, and judges under the locks which can be posted:
// the takings are theirs.
func (p *countPosting) draw(ctx context.Context) ([]draw.Taking, ledger.Locked, error) {
	open := p.open()
	if len(open) == 0 {
		return nil, nil, nil
	}
	var lines []draw.Line
	var of []*countedLine
	for _, l := range open {
		for _, change := range l.changes() {
			lines, of = append(lines, l.draw(change)), append(of, l)
		}
	}
	takings, locked, err := draw.Draw(ctx, p.tx, resolve.NewLookup(p.tx.TenantID), lines, draw.ToMove, time.Now())
	if refusal := (*errs.Error)(nil); errors.As(err, &refusal) && (refusal.Reason == "INSUFFICIENT_STOCK" || refusal.Reason == "FOUND_WITHOUT_LOT") {
		return nil, nil, pg.ErrOvertaken // there was as much when it was looked at
	}
	if err != nil {
		return nil, nil, err
	}
	if err := p.judge(ctx, open, locked); err != nil {
		return nil, nil, err
	}
	good := func() []draw.Taking {
		return slices.DeleteFunc(takings, func(t draw.Taking) bool { return of[t.Line].bad })
	}
	takings = good()
	for _, t := range takings {
		if doubledSerial(t, takings) {
			p.refuse(of[t.Line], problemDoubtful, "it is tracked by serial, and the records have it elsewhere: move it here instead")
		}
	}
	return good(), locked, nil
}

// judge looks at what was recorded since the lines were counted. Their lots are locked.
func (p *countPosting) judge(ctx context.Context, open []*countedLine, locked ledger.Locked) error {
	now, err := p.inferredNow(ctx)
	if err != nil {
		return err
	}
	recorded, err := p.since(ctx, open)
	if err != nil {
		return err
	}
	for _, l := range open {
		there := now[countKey{l.row.LocationID, l.row.ItemID, ""}]
		if l.lotID != 0 {
			there = locked[l.lotID].OnHand[l.row.LocationID]
		}
		doubt := doubtOf(l.row.Expected, l.row.Counted, there, recorded[l.row.Number])
		if doubt == "" && l.row.WeightUnit != "" {
			doubt = doubtOfWeight(stockAmount{there, locked[l.lotID].Weights[l.row.LocationID]}, l.variance)
		}
		if doubt != "" {
			p.refuse(l, problemDoubtful, doubt)
		}
	}
	return nil
}

// since reads what was recorded of lines since they were counted, by their numbers.
func (p *countPosting) since(ctx context.Context, open []*countedLine) (map[int32]since, error) {
	q := queries.New(p.tx)
	params := queries.CountListSinceParams{TenantID: p.tx.TenantID}
	add := func(l *countedLine, lotID int64) {
		params.LineNumbers, params.LotIds = append(params.LineNumbers, l.row.Number), append(params.LotIds, lotID)
		params.LocationIds, params.CountedAts = append(params.LocationIds, l.row.LocationID), append(params.CountedAts, l.row.RecordedAt)
	}
	inferred := queries.CountListInferredLotParams{TenantID: p.tx.TenantID}
	byNumber := make(map[int32]*countedLine, len(open))
	for _, l := range open {
		byNumber[l.row.Number] = l
		if l.lotID != 0 {
			add(l, l.lotID)
			continue
		}
		inferred.LineNumbers, inferred.ItemIds = append(inferred.LineNumbers, l.row.Number), append(inferred.ItemIds, l.row.ItemID)
		inferred.LocationIds = append(inferred.LocationIds, l.row.LocationID)
	}
	if len(inferred.ItemIds) > 0 {
		lots, err := q.CountListInferredLot(ctx, inferred)
		if err != nil {
			return nil, err
		}
		for _, r := range lots {
			add(byNumber[r.LineNumber], r.LotID)
		}
	}
	rows, err := q.CountListSince(ctx, params)
	recorded := make(map[int32]since, len(rows))
	for _, r := range rows {
		recorded[r.LineNumber] = since{net: r.Net, late: r.Late, takeBack: r.TakenBack, adjusted: r.Adjusted}
	}
	return recorded, err
}

// finish writes what became of each line, and returns those that were left out.
func (p *countPosting) finish(ctx context.Context) ([]*lottrailv1.CountLine, error) {
	params := queries.CountLineUpdateParams{TenantID: p.tx.TenantID, CountID: p.count.CountID}
	for _, l := range p.lines {
		l.row.State = "posted"
	}
	var leftOut []*lottrailv1.CountLine
	for _, problem := range p.problems {
		row := &problem.line.row
		row.State, row.LeftOut = "left_out", problem.why
		leftOut = append(leftOut, toCountLine(*row, false))
	}
	for _, l := range p.lines {
		params.Numbers, params.States = append(params.Numbers, l.row.Number), append(params.States, l.row.State)
		params.LeftOuts = append(params.LeftOuts, l.row.LeftOut)
	}
	slices.SortFunc(leftOut, func(a, b *lottrailv1.CountLine) int { return int(a.Number - b.Number) })
	return leftOut, queries.New(p.tx).CountLineUpdate(ctx, params)
}
