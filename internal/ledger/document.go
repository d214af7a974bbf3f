package ledger

// DocumentName is how a movement names its document.
func DocumentName(receipt, shipment, productionOrder, run, count string) string {
	switch {
	case receipt != "":
		return receipt
	case shipment != "":
		return shipment
	case run != "":
		return productionOrder + "/" + run
	}
	return count
}
