package trace

import (
	"fmt"
	"strings"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

// dossierNouns are what the entries of sections are called, one of them.
var dossierNouns = map[lottrailv1.DossierSection]string{
	lottrailv1.DossierSection_DOSSIER_SECTION_RECEIPTS:     "receipt line",
	lottrailv1.DossierSection_DOSSIER_SECTION_RUNS:         "run",
	lottrailv1.DossierSection_DOSSIER_SECTION_SHIPMENTS:    "shipment line",
	lottrailv1.DossierSection_DOSSIER_SECTION_STOCKS:       "location",
	lottrailv1.DossierSection_DOSSIER_SECTION_HOLDS:        "hold",
	lottrailv1.DossierSection_DOSSIER_SECTION_RECALLS:      "recall",
	lottrailv1.DossierSection_DOSSIER_SECTION_STAYS:        "stay at a location",
	lottrailv1.DossierSection_DOSSIER_SECTION_ROTATIONS:    "judgement of rotation",
	lottrailv1.DossierSection_DOSSIER_SECTION_ADJUSTMENTS:  "adjustment",
	lottrailv1.DossierSection_DOSSIER_SECTION_DATE_CHANGES: "change of dates",
	lottrailv1.DossierSection_DOSSIER_SECTION_COSTS:        "price",
}

// dossierPlurals are those that are not formed with an s at the end.
var dossierPlurals = map[string]string{
	"stay at a location": "stays at locations", "judgement of rotation": "judgements of rotation", "change of dates": "changes of dates",
}

// stateDossier says whether it is all, and of which moment, and puts the statement into a
// sentence.
func stateDossier(s *lottrailv1.DossierStatement, of string, cutRuns int32, unsearched []lottrailv1.DossierConcern) {
	s.Complete = cutRuns == 0 && len(unsearched) == 0
	verdict := "Complete"
	if !s.Complete {
		verdict = "Not complete"
	}
	if cutRuns > 0 {
		s.Omissions = append(s.Omissions, fmt.Sprintf("Of %s not all inputs and outputs are listed, but the first %s of each; GetRun has them all.",
			wording.Count(cutRuns, "run"), wording.Number(maxRunLots)))
	}
	for _, kind := range unsearched {
		what := "went into it"
		if kind == concernProduct {
			what = "was made of it"
		}
		s.Omissions = append(s.Omissions, fmt.Sprintf("Whether a recall is about what %s was not searched, for that is too much; ListRecallLots tells the lots of a case.", what))
	}
	var parts []string
	for _, c := range s.GetCounts() {
		noun := dossierNouns[c.GetSection()]
		if plural := dossierPlurals[noun]; plural != "" && c.GetCount() != 1 {
			parts = append(parts, wording.Number(c.GetCount())+" "+plural)
			continue
		}
		parts = append(parts, wording.Count(c.GetCount(), noun))
	}
	s.Statement = fmt.Sprintf("%s%s: %s; read at %s, %s.", verdict, of, strings.Join(parts, ", "), s.GetReadAt().AsTime().Format(time.RFC3339Nano), wording.Logged(s.GetLogPosition()))
	if len(s.Omissions) > 0 {
		s.Statement += " " + strings.Join(s.Omissions, " ")
	}
}
