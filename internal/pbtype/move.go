package pbtype

import lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"

// movePurposes are the names of purposes as they are stored.
var movePurposes = map[lottrailv1.MovePurpose]string{
	lottrailv1.MovePurpose_MOVE_PURPOSE_PUT_AWAY:        "put_away",
	lottrailv1.MovePurpose_MOVE_PURPOSE_REPLENISHMENT:   "replenishment",
	lottrailv1.MovePurpose_MOVE_PURPOSE_ZONE_TRANSFER:   "zone_transfer",
	lottrailv1.MovePurpose_MOVE_PURPOSE_PICK:            "pick",
	lottrailv1.MovePurpose_MOVE_PURPOSE_QUARANTINE:      "quarantine",
	lottrailv1.MovePurpose_MOVE_PURPOSE_RETURN_TO_STOCK: "return_to_stock",
}

// MovePurposeName is how a purpose is stored; empty for none.
func MovePurposeName(purpose lottrailv1.MovePurpose) string { return movePurposes[purpose] }

// MovePurpose is the inverse of MovePurposeName.
func MovePurpose(name string) lottrailv1.MovePurpose {
	for purpose, stored := range movePurposes {
		if stored == name {
			return purpose
		}
	}
	return lottrailv1.MovePurpose_MOVE_PURPOSE_UNSPECIFIED
}
