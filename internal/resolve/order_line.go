package resolve

import (
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/queries"
)

// OrderLineKey names a line of a sales order, which has to be of an item. Path is that of
// the message that has sales_order_code, sales_order_line_number and sku.
type OrderLineKey struct {
	Path      string
	OrderCode string
	Number    int32
	SKU       string
}

type orderLineName struct {
	code   string
	number int32
}

// OrderLines looks the ids of sales orders up, by code, for whoever names lines of them:
// UNKNOWN_SALES_ORDER, UNKNOWN_ORDER_LINE, ITEM_DIFFERS.
func (l *Lookup) OrderLines(keys []OrderLineKey) map[string]int64 {
	orders, skus := map[string]int64{}, map[orderLineName]string{}
	var codes []string
	var numbers []int32
	for _, k := range keys {
		codes, numbers = append(codes, k.OrderCode), append(numbers, k.Number)
	}
	each(l, func(r queries.SalesOrderLineListByKeyRow) error {
		orders[r.Code] = r.SalesOrderID
		if r.SKU != nil {
			skus[orderLineName{r.Code, r.LineNumber}] = *r.SKU
		}
		return nil
	}, queries.SalesOrderLineListByKey, codes, numbers, l.tenantID)
	l.checks = append(l.checks, func() error {
		for _, k := range keys {
			sku, known := skus[orderLineName{k.OrderCode, k.Number}]
			switch {
			case orders[k.OrderCode] == 0:
				return UnknownSalesOrder(k.Path+".sales_order_code", k.OrderCode)
			case !known:
				return UnknownOrderLine(k.Path, k.OrderCode, k.Number)
			case sku != k.SKU:
				return errs.Invalid(k.Path+".sku", "ITEM_DIFFERS", "line %d of sales order %q is for item %q, not %q; name a line for this item, or push the order with one",
					k.Number, k.OrderCode, sku, k.SKU)
			}
		}
		return nil
	})
	return orders
}

// UnknownSalesOrder refuses an order that is not there.
func UnknownSalesOrder(path, code string) error {
	return errs.NotFound(path, "UNKNOWN_SALES_ORDER", "there is no sales order %q; push it with UpsertSalesOrder first, or check the code", code)
}

// UnknownOrderLine refuses a line that its order does not have; path is that of the
// message that has sales_order_line_number.
func UnknownOrderLine(path, orderCode string, number int32) error {
	return errs.NotFound(path+".sales_order_line_number", "UNKNOWN_ORDER_LINE", "sales order %q has no line %d; check the number, or push the order again with the line", orderCode, number)
}
