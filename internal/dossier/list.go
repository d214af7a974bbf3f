package dossier

import pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"

// sections come in the order in which a dossier tells them. A further one is an entry
// here.
var sections []section

func init() { // a row's numbering looks into sections
	sections = []section{
		{
			kind: pb.DossierSection_DOSSIER_SECTION_STOCKS, ID: "stocks", Title: "Where it is now", None: "Nothing of it is on hand.", Then: "Where it was", NoneThen: "Nothing of it was on hand.",
			Columns: []column{{"Location", false, 27}, {"Lies in", false, 38}, {"On hand", true, 20}, {"Held", false, 15}},
			rows: func(_ *Page, part *pb.GetDossierResponse) [][]cell {
				return each(part.GetStocks(), stockRow)
			},
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_HOLDS, ID: "holds", Title: "Holds", None: "It was never held.",
			Columns: []column{{"Hold", false, 8}, {"State", false, 22}, {"Reason", false, 38}, {"On", false, 14}, {"Placed", false, 18}},
			rows:    func(_ *Page, part *pb.GetDossierResponse) [][]cell { return each(part.GetHolds(), holdRow) },
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_RECALLS, ID: "recalls", Title: "Recalls", None: "No recall is about it, about what it was made of or about what was made of it, and none has held it.",
			Columns: []column{{"Case", false, 30}, {"State", false, 11}, {"Reason", false, 28}, {"Opened", false, 14}, {"Decided", false, 17}},
			rows:    func(_ *Page, part *pb.GetDossierResponse) [][]cell { return each(part.GetRecalls(), recallRow) },
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_SHIPMENTS, ID: "shipments", Title: "Customers that got it", None: "Nobody: nothing of it was shipped.",
			Columns: []column{{"Customer", false, 21}, {"Quantity", true, 13}, {"Order", false, 17}, {"Shipment and papers", false, 20}, {"Left us", false, 15}, {"Carrier", false, 14}},
			rows: func(p *Page, part *pb.GetDossierResponse) [][]cell {
				return each(part.GetShipments(), func(s *pb.DossierShipment) []cell { return shipmentRow(p, s) })
			},
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_RECEIPTS, ID: "receipts", Title: "Where it came from", None: "It was not bought: no receipt brought any of it.",
			Columns: []column{{"Supplier", false, 16}, {"Quantity", true, 12}, {"Order", false, 15}, {"Receipt and papers", false, 17}, {"Arrived", false, 13}, {"At the dock", false, 13}, {"Against the order", false, 14}},
			rows: func(p *Page, part *pb.GetDossierResponse) [][]cell {
				return each(part.GetReceipts(), func(r *pb.DossierReceipt) []cell { return receiptRow(p, r) })
			},
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_RUNS, ID: "runs", Title: "Runs that made it, and that it went into", None: "None: no run has put any of it out, or consumed any.",
			Columns: []column{{"Order and run", false, 17}, {"Of this lot", true, 13}, {"Started", false, 13}, {"Finished", false, 17}, {"All that it took", false, 20}, {"All that it gave", false, 20}},
			rows:    func(_ *Page, part *pb.GetDossierResponse) [][]cell { return each(part.GetRuns(), runRow) },
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_STAYS, ID: "stays", Title: "Every location it had", None: "None.",
			Columns: []column{{"Location", false, 34}, {"From", false, 23}, {"Until", false, 23}, {"At most", true, 20}},
			rows: func(p *Page, part *pb.GetDossierResponse) [][]cell {
				return each(part.GetStays(), func(s *pb.DossierStay) []cell { return stayRow(p, s) })
			},
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_ROTATIONS, ID: "rotations", Title: "Rotation", None: "Nothing was judged: nothing of it was taken, or its expiry is not tracked.",
			Columns: []column{{"Taken by", false, 17}, {"Quantity", true, 13}, {"From", false, 12}, {"When", false, 14}, {"Judged", false, 20}, {"Could have been taken before", false, 24}},
			rows:    func(_ *Page, part *pb.GetDossierResponse) [][]cell { return each(part.GetRotations(), rotationRow) },
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_ADJUSTMENTS, ID: "adjustments", Title: "Found, missed and scrapped", None: "Nothing of it.",
			Columns: []column{{"What", false, 18}, {"Quantity", true, 16}, {"Where", false, 16}, {"When", false, 20}, {"Why", false, 30}},
			rows:    func(_ *Page, part *pb.GetDossierResponse) [][]cell { return each(part.GetAdjustments(), adjustmentRow) },
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_DATE_CHANGES, ID: "dates", Title: "Changes of its dates", None: "Its dates were never changed.",
			Columns: []column{{"When", false, 20}, {"Before", false, 25}, {"After", false, 25}, {"Why", false, 30}},
			rows:    func(_ *Page, part *pb.GetDossierResponse) [][]cell { return each(part.GetDateChanges(), dateRow) },
		},
		{
			kind: pb.DossierSection_DOSSIER_SECTION_COSTS, ID: "costs", Title: "What was paid, and what it is worth", None: "No receipt says what was paid.",
			Columns: []column{{"Receipt", false, 30}, {"Quantity", true, 22}, {"Price", false, 24}, {"In all", true, 24}},
			rows:    func(_ *Page, part *pb.GetDossierResponse) [][]cell { return each(part.GetCosts(), costRow) },
		},
	}
}
