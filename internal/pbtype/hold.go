package pbtype

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/ledger"
)

// holdCodes are the ledger's names for the API's reasons.
var holdCodes = map[lottrailv1.HoldReason]ledger.HoldCode{
	lottrailv1.HoldReason_HOLD_REASON_INSPECTION:      ledger.HoldInspection,
	lottrailv1.HoldReason_HOLD_REASON_QUALITY:         ledger.HoldQuality,
	lottrailv1.HoldReason_HOLD_REASON_DAMAGE:          ledger.HoldDamage,
	lottrailv1.HoldReason_HOLD_REASON_TEMPERATURE:     ledger.HoldTemperature,
	lottrailv1.HoldReason_HOLD_REASON_LABEL:           ledger.HoldLabel,
	lottrailv1.HoldReason_HOLD_REASON_SUPPLIER_NOTICE: ledger.HoldSupplierNotice,
	lottrailv1.HoldReason_HOLD_REASON_COMPLAINT:       ledger.HoldComplaint,
	lottrailv1.HoldReason_HOLD_REASON_REGULATORY:      ledger.HoldRegulatory,
	lottrailv1.HoldReason_HOLD_REASON_DOCUMENTS:       ledger.HoldDocuments,
	lottrailv1.HoldReason_HOLD_REASON_EXPIRY:          ledger.HoldExpiry,
	lottrailv1.HoldReason_HOLD_REASON_RECALL:          ledger.HoldRecall,
	lottrailv1.HoldReason_HOLD_REASON_OTHER:           ledger.HoldOther,
}

// HoldCode is the ledger's name for a reason; empty for none.
func HoldCode(reason lottrailv1.HoldReason) ledger.HoldCode { return holdCodes[reason] }

// HoldReason is the API's name for a ledger's code.
func HoldReason(code string) lottrailv1.HoldReason {
	for reason, name := range holdCodes {
		if string(name) == code {
			return reason
		}
	}
	return lottrailv1.HoldReason_HOLD_REASON_UNSPECIFIED
}
