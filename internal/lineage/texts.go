package lineage

import "github.com/lottrail/lottrail/internal/queries"

// text is a query whose rows are T, column by column: so that none is read as another's.
type text[T any] string

// texts are the queries of a walk. There are two sets, with the same columns.
type texts struct {
	consumptionByLot, consumptionByRun text[edgeRow]
	outputByLot, outputByRun           text[edgeRow]
	lots                               text[queries.LineageLotListRow]
	stocks                             text[queries.LineageStockListRow]
	runs                               text[queries.LineageRunListRow]
	receipts                           text[queries.LineageReceiptListRow]
	shipments                          text[queries.LineageShipmentListRow]
	feedByLot, feedByRun               text[queries.LineageFeedListByLotRow]
	coneForward, coneBackward          text[coneRow] // empty: nothing is read ahead
}

var (
	// ofSnapshot finds all that a snapshot has, edges and endpoints out of covering
	// indexes alone.
	ofSnapshot = texts{
		consumptionByLot: queries.LineageConsumptionListByLot, consumptionByRun: queries.LineageConsumptionListByRun,
		outputByLot: queries.LineageOutputListByLot, outputByRun: queries.LineageOutputListByRun,
		lots: queries.LineageLotList, stocks: queries.LineageStockList, runs: queries.LineageRunList,
		receipts: queries.LineageReceiptList, shipments: queries.LineageShipmentList,
		feedByLot: queries.LineageFeedListByLot, feedByRun: queries.LineageFeedListByRun,
		coneForward: queries.LineageConeForward, coneBackward: queries.LineageConeBackward,
	}
	// ofThePast finds what some of the ledger made, and what moved within a window, which is
	// what their parameters say beside tenant and ids: see Horizon and Window.
	ofThePast = texts{
		consumptionByLot: queries.LineagePastConsumptionListByLot, consumptionByRun: queries.LineagePastConsumptionListByRun,
		outputByLot: queries.LineagePastOutputListByLot, outputByRun: queries.LineagePastOutputListByRun,
		lots: queries.LineagePastLotList, stocks: queries.LineagePastStockList, runs: queries.LineagePastRunList,
		receipts: queries.LineagePastReceiptList, shipments: queries.LineagePastShipmentList,
		feedByLot: queries.LineagePastFeedListByLot, feedByRun: queries.LineagePastFeedListByRun,
	}
)

// within are the texts of now with the edges and endpoints of a window. Nothing is read
// ahead: what a lot could lead to may lie outside.
func (t texts) within() *texts {
	t.consumptionByLot, t.consumptionByRun = ofThePast.consumptionByLot, ofThePast.consumptionByRun
	t.outputByLot, t.outputByRun = ofThePast.outputByLot, ofThePast.outputByRun
	t.receipts, t.shipments = ofThePast.receipts, ofThePast.shipments
	t.coneForward, t.coneBackward = "", ""
	return &t
}

// way is one way to walk: which edges lead from a lot to a run and which from
// there to the next lot, and all that it can lead to.
type way struct {
	direction        Direction
	fromLot, fromRun edgeQuery
	cone             text[coneRow]
}

// edgeQuery is a query for edges of one kind.
type edgeQuery struct {
	kind EdgeKind
	sql  text[edgeRow]
}

func (t *texts) forward() way {
	return way{Forward, edgeQuery{Consumption, t.consumptionByLot}, edgeQuery{Output, t.outputByRun}, t.coneForward}
}

func (t *texts) backward() way {
	return way{Backward, edgeQuery{Output, t.outputByLot}, edgeQuery{Consumption, t.consumptionByRun}, t.coneBackward}
}
