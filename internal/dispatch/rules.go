package dispatch

import (
	"fmt"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
)

// checkCustomer refuses a shipment to nobody.
func checkCustomer(orderCode, customerCode string) error {
	if orderCode != "" || customerCode != "" {
		return nil
	}
	return errs.Invalid("customer_code", "CUSTOMER_REQUIRED", "there is neither an order nor a customer; give customer_code, or the sales_order_code of the order that it serves")
}

// lastZone is where a day ends last.
var lastZone = time.FixedZone("UTC-12", -12*60*60)

// checkDelivery refuses a day of delivery before the shipment left. Which day it
// was at the customer's nobody tells, so a day is past when it was over
// everywhere on earth.
func checkDelivery(shippedAt time.Time, delivery *time.Time) error {
	if delivery == nil || !delivery.Before(civil.DayOf(shippedAt, lastZone)) {
		return nil
	}
	return errs.Invalid("delivery_date", "DATES_REVERSED", "%s is before the shipment left, at %s; check the date, or give shipped_at if it left earlier",
		delivery.Format(time.DateOnly), shippedAt.UTC().Format(time.RFC3339))
}

// orderLineItems are the skus of an order's lines, by line number.
type orderLineItems map[int32]string

// line is what the rules need of a requested line.
type line interface {
	GetSalesOrderLineNumber() int32
	GetSku() string
}

// checkLines sees to it that every line that names an order line brings that
// line's item.
func checkLines[L line](lines []L, orderCode string, items orderLineItems) error {
	for i, l := range lines {
		number := l.GetSalesOrderLineNumber()
		if number == 0 {
			continue
		}
		path := fmt.Sprintf("lines[%d]", i)
		if orderCode == "" {
			return errs.Invalid(path+".sales_order_line_number", "ORDER_REQUIRED", "line %d of which order? give sales_order_code, or leave the line number out", number)
		}
		sku, ok := items[number]
		if !ok {
			return resolve.UnknownOrderLine(path, orderCode, number)
		}
		if sku != l.GetSku() {
			return errs.Invalid(path+".sku", "ITEM_DIFFERS", "line %d of sales order %q is for item %q, not %q; ship that item, or leave the line number out for something that was not ordered",
				number, orderCode, sku, l.GetSku())
		}
	}
	return nil
}

// checkLotFilter refuses half a lot.
func checkLotFilter(sku, lotCode string) error {
	switch {
	case sku == "" && lotCode != "":
		return errs.Invalid("sku", "SKU_REQUIRED", "lot %q of which item? a lot code names a lot only with its item", lotCode)
	case sku != "" && lotCode == "":
		return errs.Invalid("lot_code", "LOT_CODE_REQUIRED", "reservations are of lots; name the lot of item %q, or leave the item out", sku)
	}
	return nil
}
