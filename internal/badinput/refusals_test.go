package badinput_test

import "testing"

// TestRefusals goes through all that is refused, topic by topic. Since nothing
// of it leaves anything behind, the topics share two houses.
func TestRefusals(t *testing.T) {
	t.Parallel()
	type topic struct {
		name   string
		refuse func(*testing.T, *world)
	}
	for name, topics := range map[string][]topic{
		"content": {
			{"unknown keys", refuseUnknown},
			{"wrong kinds", refuseWrongKind},
			{"quantities", refuseQuantities},
			{"weights", refuseWeights},
			{"shares", refuseShares},
			{"other numbers", refuseOtherNumbers},
			{"stock", refuseStock},
			{"states", refuseStates},
			{"lot particulars", refuseLotParticulars},
			{"catalog", refuseCatalog},
			{"locations", refuseLocations},
			{"closed locations", refuseClosed},
			{"dates", refuseDates},
			{"moments", refuseMoments},
			{"moments of no time", refuseMomentsOfNoTime},
			{"dates reversed", refuseDatesReversed},
			{"changes of dates", refuseDateChanges},
			{"reserved codes", refuseReservedCodes},
			{"pages", refusePages},
			{"filters", refuseFilters},
			{"cursors", refuseCursors},
			{"known at", refuseKnownAt},
			{"resume tokens", refuseResumeTokens},
			{"seeds", refuseSeeds},
			{"ways and complaints", refuseWays},
			{"filters of traces", refuseTraceFilters},
			{"timelines", refuseTimeline},
			{"reconciliations", refuseReconcile},
			{"packets", refusePackets},
			{"dossiers", refuseDossiers},
			{"recalls", refuseRecalls},
			{"unknown recalls", refuseUnknownRecalls},
			{"scans", refuseScans},
			{"picks", refusePicks},
			{"rotation", refuseRotation},
			{"reservations", refuseReservations},
			{"labels", refuseLabels},
			{"lot code patterns", refuseLotCodePatterns},
		},
		"form": {
			{"codes", refuseCodes},
			{"unseen codes", refuseUnseenCodes},
			{"texts", refuseTexts},
			{"megabyte", refuseMegabyte},
			{"too many", refuseTooMany},
			{"missing", refuseMissing},
			{"enums", refuseEnums},
			{"JSON", refuseJSON},
			{"paths", refusePaths},
			{"two keys", refuseTwoKeys},
			{"queries", refuseQueries},
			{"queries about what was known", refuseKnownAtQueries},
			{"two request ids", refuseTwoRequestIDs},
			{"not UTF-8", refuseNotUTF8},
			{"no message", refuseNoMessage},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, topic := range topics {
				t.Run(topic.name, func(t *testing.T) { topic.refuse(t, w) })
			}
		})
	}
}
