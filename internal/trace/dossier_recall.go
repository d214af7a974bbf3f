package trace

import (
	"context"
	"errors"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

const (
	concernDirect     = lottrailv1.DossierConcern_DOSSIER_CONCERN_DIRECT
	concernIngredient = lottrailv1.DossierConcern_DOSSIER_CONCERN_INGREDIENT
	concernProduct    = lottrailv1.DossierConcern_DOSSIER_CONCERN_PRODUCT
	concernHeld       = lottrailv1.DossierConcern_DOSSIER_CONCERN_HELD
)

// concern is how a case that is not about the lot itself concerns it: lots, from the one that
// the goods were in first.
type concern struct {
	kind lottrailv1.DossierConcern
	way  []int64
}

// readRecalls reads the cases that concern the lot, before anything of it is told.
func (r *dossierReader) readRecalls(ctx context.Context) error {
	concerns, err := r.concerns(ctx)
	if err != nil {
		return err
	}
	var caseIDs, lotIDs []int64
	for id, c := range concerns {
		caseIDs, lotIDs = append(caseIDs, id), append(lotIDs, c.way...)
	}
	keys, err := r.lotKeys(ctx, lotIDs)
	if err != nil {
		return err
	}
	rows, err := r.DossierRecallList(ctx, queries.DossierRecallListParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf, RecallIds: caseIDs})
	for i := range rows {
		recall := toDossierRecall(&rows[i])
		c := concerns[rows[i].RecallID]
		switch {
		case rows[i].Direct:
			recall.Concern = concernDirect
		case c.way == nil:
			recall.Concern = concernHeld
		default:
			recall.Concern = c.kind
			for _, id := range c.way {
				recall.Way = append(recall.Way, keys[id])
			}
		}
		r.cases = append(r.cases, recall)
	}
	return err
}

// concerns are the cases that are about what the lot was made of, or about what was made of
// it, the first before the second. Nothing is searched where there are no cases.
func (r *dossierReader) concerns(ctx context.Context) (map[int64]concern, error) {
	seeds, err := r.DossierRecallSeedList(ctx, queries.DossierRecallSeedListParams{TenantID: r.tenantID, LogIndex: r.logIndex, AsOf: r.asOf})
	if err != nil || len(seeds) == 0 {
		return nil, err
	}
	lotIDs := make([]int64, len(seeds))
	for i := range seeds {
		lotIDs[i] = seeds[i].LotID
	}
	concerns := map[int64]concern{}
	for _, direction := range []lineage.Direction{lineage.Backward, lineage.Forward} {
		kind := concernIngredient
		if direction == lineage.Forward {
			kind = concernProduct
		}
		ways, err := lineage.Ways(ctx, r.tx, r.query, r.lotID, direction, lotIDs)
		if errors.Is(err, lineage.ErrTooWide) {
			r.unsearched = append(r.unsearched, kind)
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, seed := range seeds {
			way, is := ways[seed.LotID]
			if c, known := concerns[seed.RecallID]; is && (!known || c.kind == kind && len(way) < len(c.way)) {
				concerns[seed.RecallID] = concern{kind, way}
			}
		}
	}
	return concerns, nil
}

func (r *dossierReader) lotKeys(ctx context.Context, ids []int64) (map[int64]*lottrailv1.LotKey, error) {
	slices.Sort(ids)
	rows, err := r.DossierLotKeyList(ctx, queries.DossierLotKeyListParams{TenantID: r.tenantID, LotIds: slices.Compact(ids)})
	keys := make(map[int64]*lottrailv1.LotKey, len(rows))
	for _, row := range rows {
		keys[row.LotID] = &lottrailv1.LotKey{Sku: row.SKU, LotCode: row.LotCode}
	}
	return keys, err
}

// recalls were read before the first part.
func (r *dossierReader) recalls(context.Context) error {
	for _, recall := range r.cases {
		if err := r.put(recall, func(part *lottrailv1.GetDossierResponse) { part.Recalls = append(part.Recalls, recall) }); err != nil {
			return err
		}
	}
	return nil
}

// threatens says whether a case that is not closed concerns the lot itself, or what it was made of.
func threatens(c *lottrailv1.DossierRecall) bool {
	return c.GetRecall().GetState() != lottrailv1.RecallState_RECALL_STATE_CLOSED && c.GetConcern() != concernProduct && c.GetDecision() != lottrailv1.RecallDecision_RECALL_DECISION_RELEASE
}

func toDossierRecall(row *queries.DossierRecallListRow) *lottrailv1.DossierRecall {
	recall := &lottrailv1.DossierRecall{
		Recall: &lottrailv1.Recall{
			CaseNumber: row.CaseNumber, Reason: row.Reason,
			Class:    lottrailv1.RecallClass(lottrailv1.RecallClass_value["RECALL_CLASS_"+strings.ToUpper(row.Class)]),
			State:    stateOf(row),
			OpenedAt: timestamppb.New(row.OpenedAt), OpenedBy: row.OpenedBy, ActivatedAt: pbtype.Time(row.ActivatedAt), ActivatedBy: pbtype.Text(row.ActivatedBy),
			ClosedAt: pbtype.Time(row.ClosedAt), ClosedBy: pbtype.Text(row.ClosedBy), CloseReason: pbtype.Text(row.CloseReason),
		},
		Direct: row.Direct, HoldNumber: row.HoldNumber,
	}
	switch {
	case row.Released:
		recall.Decision = lottrailv1.RecallDecision_RECALL_DECISION_RELEASE
	case row.Kept:
		recall.Decision = lottrailv1.RecallDecision_RECALL_DECISION_KEEP
	}
	return recall
}

// stateOf is how far a case was.
func stateOf(row *queries.DossierRecallListRow) lottrailv1.RecallState {
	switch {
	case row.ClosedAt != nil:
		return lottrailv1.RecallState_RECALL_STATE_CLOSED
	case row.ActivatedAt != nil:
		return lottrailv1.RecallState_RECALL_STATE_ACTIVE
	}
	return lottrailv1.RecallState_RECALL_STATE_OPEN
}
