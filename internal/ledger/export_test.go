package ledger

// SealMost is how many operations are taken at once.
const SealMost = sealMost

// SealUpTo is Seal with another limit.
var SealUpTo = seal

// PlanReservations is what an operation does to reservations.
func PlanReservations(op *Operation, locked Locked) ([]ReservationChange, error) {
	plan, err := validate(op, locked)
	if plan == nil {
		return nil, err
	}
	return plan.changes, err
}
