package pbtype

import (
	"strings"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

const reasonPrefix = "ADJUSTMENT_REASON_"

// AdjustmentReason is the API's name for a reason code as it is stored: "damage" is
// ADJUSTMENT_REASON_DAMAGE. Nothing for "".
func AdjustmentReason(code string) lottrailv1.AdjustmentReason {
	return lottrailv1.AdjustmentReason(lottrailv1.AdjustmentReason_value[reasonPrefix+strings.ToUpper(code)])
}

// AdjustmentCode is the inverse of AdjustmentReason.
func AdjustmentCode(reason lottrailv1.AdjustmentReason) string {
	if reason == lottrailv1.AdjustmentReason_ADJUSTMENT_REASON_UNSPECIFIED {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(reason.String(), reasonPrefix))
}
