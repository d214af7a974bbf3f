package model_test

import (
	"context"
	"fmt"

	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// shareTheme is runs whose outputs state shares, or do not.
var shareTheme = theme{
	kinds:  []kind{output, output, output, output, consume, receive, finish, reopen},
	alone:  plenty,
	topics: []topic{sharesOfRuns},
	amend: func(t *rapid.T, op *operation) {
		for i := range op.Lines {
			if op.Kind == output {
				op.Lines[i].Share = rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "share")
			}
		}
	},
}

// part is a share, or none.
func part(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// unshared says why an output that states a share, or none, cannot stand beside what its
// run has put out before.
func (w *world) unshared(op operation) string {
	for _, m := range w.standing() {
		if stated := op.Lines[0].Share > 0; m.Kind == output && m.Run == op.Run && stated != (m.Share > 0) {
			return map[bool]string{true: "SHARE_NOT_ALLOWED", false: "SHARE_MISSING"}[stated]
		}
	}
	return ""
}

// sharesOfRuns are the shares of what runs put out, lot by lot.
var sharesOfRuns = topic{
	read: func(ctx context.Context, p plant, _ *theme) ([]string, error) {
		var told []string
		for n := 1; n <= 2; n++ {
			resp, err := p.api.Production.GetRun(ctx, &pb.GetRunRequest{ProductionOrderCode: p.order(), RunCode: p.run(n)})
			if err != nil {
				return nil, err
			}
			for _, out := range resp.Outputs {
				told = append(told, partFact(n, out.Lot.LotCode, out.Share))
			}
		}
		return told, nil
	},
	tell: func(w *world) []string {
		var told []string
		for n := 1; n <= 2; n++ {
			for _, code := range everything {
				share, puts := 0, false
				for _, m := range w.standing() {
					if m.Kind == output && m.Run == n && m.Lot == code {
						share, puts = share+m.Share, true
					}
				}
				if puts {
					told = append(told, partFact(n, code, part(share)))
				}
			}
		}
		return told
	},
}

func partFact(run int, lot, share string) string {
	return fmt.Sprintf("run %d puts out %s with a share of %q", run, lot, share)
}
