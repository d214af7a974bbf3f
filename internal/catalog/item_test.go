package catalog_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// croissant has something of everything, in normal form.
func croissant() *pb.Item {
	return &pb.Item{
		Sku: "CR/1", Name: `Croissant "au beurre" 🥐`, Category: "Viennoiserie", BaseUnit: "H87", Decimals: 0,
		Units: []*pb.ItemUnit{
			{Unit: "CASE", Numerator: "24", Denominator: "1"},
			{Unit: "KGM", Numerator: "50", Denominator: "3"},
		},
		Gtins: []*pb.ItemGtin{
			{Gtin: "00614141000036", Unit: "H87"},
			{Gtin: "10614141000415", Unit: "CASE"},
		},
		Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, ShelfLifeDays: 4, Fefo: true, WarningDays: 1,
	}
}

func upsertItem(t testing.TB, api *apitest.API, item *pb.Item) (*pb.UpsertItemResponse, error) {
	t.Helper()
	return api.Catalog.UpsertItem(t.Context(), &pb.UpsertItemRequest{RequestId: apitest.ID(), Item: item})
}

func TestItemIsKeptWhole(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	resp, err := upsertItem(t, api, croissant())
	if err != nil {
		t.Fatal(err)
	}
	want := croissant()
	want.Revision = 1
	wantEqual(t, resp, &pb.UpsertItemResponse{Item: want, Changed: true})
	got, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: "CR/1"})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, got.Item, want)
	list, err := api.Catalog.ListItems(t.Context(), &pb.ListItemsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, list, &pb.ListItemsResponse{Items: []*pb.Item{want}})
}

// What means the same is the same, however it is written.
func TestItemPushedTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	if _, err := upsertItem(t, api, croissant()); err != nil {
		t.Fatal(err)
	}
	again := croissant()
	again.Revision = 77
	slices.Reverse(again.Units)
	slices.Reverse(again.Gtins)
	again.Units[1].Numerator, again.Units[1].Denominator = "024.000", ""
	again.Gtins[1].Gtin, again.Gtins[1].Unit = "614141000036", ""
	resp, err := upsertItem(t, api, again)
	if err != nil {
		t.Fatal(err)
	}
	want := croissant()
	want.Revision = 1
	wantEqual(t, resp, &pb.UpsertItemResponse{Item: want})
	if n := count(t, api, "SELECT count(*) FROM revision WHERE tenant_id = 1 AND subject = 'item'"); n != 1 {
		t.Errorf("%d revisions, want 1", n)
	}
}

func TestItemChangesAppendRevisions(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	item := croissant()
	changes := []func(){
		func() {},
		func() { item.Name = "Croissant" },
		func() { item.Category = "" },
		func() { item.Units[0].Numerator = "20" },
		func() { item.Units = item.Units[:1] },
		func() { item.Gtins[0].Unit = "CASE" },
		func() { item.Gtins = nil },
		func() { item.Fefo = false },
		func() { item.ShelfLifeDays = 5 },
		func() { item.ExpiryTracked = false },
		func() { item.WarningDays = 0 },
		// Nothing has lots yet, so these may change too.
		func() { item.BaseUnit = "KGM" },
		func() { item.Decimals = 3 },
		func() { item.Tracking = pb.Tracking_TRACKING_NONE },
		func() { item.Tracking, item.Decimals = pb.Tracking_TRACKING_SERIAL, 0 },
	}
	for i, change := range changes {
		change()
		resp, err := upsertItem(t, api, item)
		if err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		want := proto.CloneOf(item)
		want.Revision = int32(i + 1)
		wantEqual(t, resp, &pb.UpsertItemResponse{Item: want, Changed: true})
		got, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: item.Sku})
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, got.Item, want)
	}
	// The tables that others ask say the same as the revision.
	var row string
	err := api.DB.QueryRow(t.Context(), `
		SELECT concat_ws('|', name, category, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, fefo, warning_days, revision,
			(SELECT string_agg(concat_ws(' ', unit, numerator, denominator), ',') FROM item_unit u WHERE u.tenant_id = 1 AND u.item_id = item.item_id),
			(SELECT count(*) FROM item_gtin g WHERE g.tenant_id = 1))
		FROM item WHERE tenant_id = 1`).Scan(&row)
	if want := "Croissant||KGM|0|serial|f|5|f|0|15|CASE 20 1|0"; err != nil || row != want {
		t.Errorf("row %q, %v; want %q", row, err, want)
	}
	var first string
	err = api.DB.QueryRow(t.Context(), "SELECT concat_ws('|', content->>'name', principal) FROM revision WHERE tenant_id = 1 AND subject = 'item' AND revision = 1").Scan(&first)
	if want := `Croissant "au beurre" 🥐|default`; err != nil || first != want {
		t.Errorf("first revision %q, %v; want %q", first, err, want)
	}
}

func TestItemRequestRepeated(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	req := &pb.UpsertItemRequest{RequestId: apitest.ID(), Item: croissant()}
	first, err := api.Catalog.UpsertItem(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	changed := croissant()
	changed.Name = "Pain"
	if _, err := upsertItem(t, api, changed); err != nil {
		t.Fatal(err)
	}
	// The answer of then, and no change back to what was.
	again, err := api.Catalog.UpsertItem(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, again, first)
	got, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: "CR/1"})
	if err != nil || got.Item.Name != "Pain" {
		t.Errorf("now %v, %v; want the later push", got, err)
	}
	req.Item.Name = "Other"
	_, err = api.Catalog.UpsertItem(t.Context(), req)
	apitest.WantRefusal(t, err, codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id")
}

func TestItemRefusals(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	other := &pb.Item{Sku: "OTHER", Name: "Other", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT, Gtins: []*pb.ItemGtin{{Gtin: "96385074"}}}
	api.PushItem(t, other)
	for name, c := range map[string]struct {
		change        func(*pb.Item)
		code          codes.Code
		reason, field string
	}{
		"GTIN":          {func(i *pb.Item) { i.Gtins[1].Gtin = "10614141000416" }, codes.InvalidArgument, "INVALID_GTIN", "item.gtins[1].gtin"},
		"GTIN twice":    {func(i *pb.Item) { i.Gtins[1].Gtin = "614141000036" }, codes.InvalidArgument, "DUPLICATE_GTIN", "item.gtins[1].gtin"},
		"GTIN taken":    {func(i *pb.Item) { i.Gtins[1].Gtin = "00000096385074" }, codes.AlreadyExists, "GTIN_TAKEN", "item.gtins[1].gtin"},
		"GTIN's unit":   {func(i *pb.Item) { i.Gtins[1].Unit = "PALLET" }, codes.InvalidArgument, "UNKNOWN_UNIT", "item.gtins[1].unit"},
		"unit twice":    {func(i *pb.Item) { i.Units[1].Unit = "CASE" }, codes.InvalidArgument, "DUPLICATE_UNIT", "item.units[1].unit"},
		"a ratio of 0":  {func(i *pb.Item) { i.Units[1].Denominator = "0" }, codes.InvalidArgument, "DECIMAL_POSITIVE", "item.units[1].denominator"},
		"no tracking":   {func(i *pb.Item) { i.Tracking = 0 }, codes.InvalidArgument, "INVALID_FIELD", "item.tracking"},
		"no name":       {func(i *pb.Item) { i.Name = "" }, codes.InvalidArgument, "INVALID_FIELD", "item.name"},
		"invisible sku": {func(i *pb.Item) { i.Sku = "A\u200fB" }, codes.InvalidArgument, "INVALID_FIELD", "item.sku"},
		"ten decimals":  {func(i *pb.Item) { i.Decimals = 10 }, codes.InvalidArgument, "INVALID_FIELD", "item.decimals"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			item := croissant()
			item.Sku = "CR " + name // its own, whatever the others do
			c.change(item)
			_, err := upsertItem(t, api, item)
			apitest.WantRefusal(t, err, c.code, c.reason, c.field)
			_, err = api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: "CR " + name})
			apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_ITEM", "sku")
		})
	}
}

func TestItemInUse(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L1", "2", "BAG", apitest.Shelf)
	flour := func() *pb.Item {
		got, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: apitest.Flour})
		if err != nil {
			t.Fatal(err)
		}
		return got.Item
	}
	for field, change := range map[string]func(*pb.Item){
		"base_unit": func(i *pb.Item) { i.BaseUnit = "GRM" },
		"tracking":  func(i *pb.Item) { i.Tracking = pb.Tracking_TRACKING_NONE },
		"decimals":  func(i *pb.Item) { i.Decimals = 2 },
	} {
		item := flour()
		change(item)
		_, err := upsertItem(t, api, item)
		apitest.WantRefusal(t, err, codes.FailedPrecondition, "ITEM_IN_USE", "item."+field)
		_, err = api.Catalog.BatchUpsertItems(t.Context(), &pb.BatchUpsertItemsRequest{RequestId: apitest.ID(), Items: []*pb.Item{croissant(), item}})
		apitest.WantRefusal(t, err, codes.FailedPrecondition, "ITEM_IN_USE", "items[1]."+field)
	}
	_, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: "CR/1"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_ITEM", "") // all or none
	item := flour()
	item.Decimals, item.Units[0].Numerator, item.Name = 6, "20", "Flour 550"
	resp, err := upsertItem(t, api, item)
	if err != nil || !resp.Changed || resp.Item.Revision != 2 {
		t.Errorf("%v, %v; want revision 2", resp, err)
	}
}

// An order alone is enough to fix the base unit, for its quantities are kept in
// it.
func TestItemInOrders(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	_, err := api.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier,
		Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Flour, Quantity: &pb.Quantity{Value: "1", Unit: "BAG"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: apitest.Flour})
	if err != nil {
		t.Fatal(err)
	}
	item := got.Item
	item.Decimals = 0
	if _, err := upsertItem(t, api, item); err != nil {
		t.Error(err)
	}
	item.BaseUnit = "GRM"
	_, err = upsertItem(t, api, item)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "ITEM_IN_USE", "item.base_unit")
}

func TestItemGTINs(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	item := func(sku string, gtins ...string) *pb.Item {
		i := &pb.Item{Sku: sku, Name: sku, BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT}
		for _, g := range gtins {
			i.Gtins = append(i.Gtins, &pb.ItemGtin{Gtin: g})
		}
		return i
	}
	push := func(items ...*pb.Item) error {
		_, err := api.Catalog.BatchUpsertItems(t.Context(), &pb.BatchUpsertItemsRequest{RequestId: apitest.ID(), Items: items})
		return err
	}
	const one, two = "96385074", "4006381333931"
	if err := push(item("A", one), item("B", two)); err != nil {
		t.Fatal(err)
	}
	err := push(item("N"), item("B", two, one))
	apitest.WantRefusal(t, err, codes.AlreadyExists, "GTIN_TAKEN", "items[1].gtins[1].gtin")
	if err == nil || !strings.Contains(err.Error(), `"A"`) {
		t.Errorf("%v does not say whose it is", err)
	}
	apitest.WantRefusal(t, push(item("B", one), item("A", one)), codes.AlreadyExists, "GTIN_TAKEN", "items[1].gtins[0].gtin")
	// Exchanged within one batch, and given up before it is taken.
	if err := push(item("A", two), item("B", one)); err != nil {
		t.Error(err)
	}
	if err := push(item("A"), item("B", one, two)); err != nil {
		t.Error(err)
	}
	var owners string
	if err := api.DB.QueryRow(t.Context(), `
		SELECT string_agg(g.gtin || ' ' || i.sku, ',' ORDER BY g.gtin)
		FROM item_gtin g JOIN item i USING (tenant_id, item_id) WHERE tenant_id = 1`).Scan(&owners); err != nil || owners != "00000096385074 B,04006381333931 B" {
		t.Errorf("owners %q, %v", owners, err)
	}
}

func TestBatchItems(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	old := croissant()
	old.Gtins = nil
	api.PushItem(t, old)
	var items []*pb.Item
	for i := range 1000 {
		items = append(items, &pb.Item{
			Sku: fmt.Sprintf("I-%03d", (i*7)%1000), Name: "n", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT,
			Units: []*pb.ItemUnit{{Unit: "CASE", Numerator: "24", Denominator: "1"}, {Unit: "PAL", Numerator: "480", Denominator: "1"}},
		})
	}
	items[500] = old
	push := func() *pb.BatchUpsertItemsResponse {
		t.Helper()
		start := time.Now()
		resp, err := api.Catalog.BatchUpsertItems(t.Context(), &pb.BatchUpsertItemsRequest{RequestId: apitest.ID(), Items: items})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v", time.Since(start))
		for i := range items {
			if resp.Items[i].Sku != items[i].Sku {
				t.Fatalf("item %d is %q, want %q: not in the order of the request", i, resp.Items[i].Sku, items[i].Sku)
			}
		}
		return resp
	}
	if resp := push(); resp.ChangedCount != 999 || resp.Items[500].Revision != 1 {
		t.Errorf("%d changed, want all but the one that was there", resp.ChangedCount)
	}
	if resp := push(); resp.ChangedCount != 0 {
		t.Errorf("%d changed by the same again", resp.ChangedCount)
	}
	items[3].Name, items[900].WarningDays = "m", 2
	resp := push()
	if resp.ChangedCount != 2 || resp.Items[3].Revision != 2 || resp.Items[900].Revision != 2 || resp.Items[4].Revision != 1 {
		t.Errorf("%d changed, want 2; revisions %d, %d, %d", resp.ChangedCount, resp.Items[3].Revision, resp.Items[900].Revision, resp.Items[4].Revision)
	}
	items[7] = items[2]
	_, err := api.Catalog.BatchUpsertItems(t.Context(), &pb.BatchUpsertItemsRequest{RequestId: apitest.ID(), Items: items})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "DUPLICATE_KEY", "items[7].sku")
	if err == nil || !strings.Contains(err.Error(), "items[2]") {
		t.Errorf("%v does not name the other", err)
	}
}

func TestItemPages(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	var items []*pb.Item
	var want []string
	for i := range 250 {
		// Upper and lower case, and beyond ASCII: in the order of their bytes.
		sku := fmt.Sprintf("%c%d", []rune("aAzZ-é🥐")[i%7], i)
		want = append(want, sku)
		items = append(items, &pb.Item{Sku: sku, Name: sku, BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_NONE})
	}
	slices.Sort(want)
	if _, err := api.Catalog.BatchUpsertItems(t.Context(), &pb.BatchUpsertItemsRequest{RequestId: apitest.ID(), Items: items}); err != nil {
		t.Fatal(err)
	}
	for size, pages := range map[int32]int{0: 3, 1: 250, 50: 5, 249: 2, 250: 1, 1000: 1} {
		var got []string
		req := &pb.ListItemsRequest{PageSize: size}
		n := 0
		for ; n == 0 || req.PageToken != ""; n++ {
			resp, err := api.Catalog.ListItems(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range resp.Items {
				got = append(got, i.Sku)
			}
			req.PageToken = resp.NextPageToken
		}
		if n != pages || !slices.Equal(got, want) {
			t.Errorf("size %d: %d items on %d pages, want 250 in order on %d", size, len(got), n, pages)
		}
	}
	_, err := api.Catalog.ListItems(t.Context(), &pb.ListItemsRequest{PageToken: "garbled"})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "BAD_PAGE_TOKEN", "page_token")
	parties, err := api.Catalog.ListItems(t.Context(), &pb.ListItemsRequest{PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = api.Catalog.ListParties(t.Context(), &pb.ListPartiesRequest{PageToken: parties.NextPageToken})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "BAD_PAGE_TOKEN", "page_token")
}

// Codes are told apart to the byte and come back as they went in, over both
// protocols.
func TestOddCodes(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	skus := []string{"A/B", "A%2FB", "A B", `"`, "'; DROP TABLE item; --", "🥐", "a:batchUpsert", "A", "a", "ä", "a\u0308", "?&#", "..", `\`, "100%", "אבג", strings.Repeat("🥐", 128)}
	for _, sku := range skus {
		api.PushItem(t, &pb.Item{Sku: sku, Name: "n", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT})
	}
	if n := count(t, api, "SELECT count(*) FROM item WHERE tenant_id = 1"); n != len(skus) {
		t.Errorf("%d items, want %d", n, len(skus))
	}
	for _, sku := range skus {
		got, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: sku})
		if err != nil || got.Item.Sku != sku {
			t.Errorf("%q: %v, %v", sku, got, err)
		}
		status, body := api.Do(t, "GET", "/v1/item?sku="+url.QueryEscape(sku), nil)
		if item, _ := body["item"].(map[string]any); status != 200 || item["sku"] != sku {
			t.Errorf("REST %q: %d %v", sku, status, body)
		}
	}
	list, err := api.Catalog.ListItems(t.Context(), &pb.ListItemsRequest{PageSize: int32(len(skus) - 1)})
	if err != nil {
		t.Fatal(err)
	}
	list, err = api.Catalog.ListItems(t.Context(), &pb.ListItemsRequest{PageToken: list.NextPageToken})
	if err != nil || len(list.Items) != 1 || list.Items[0].Sku != slices.Max(skus) {
		t.Errorf("last page %v, %v; want %q", list, err, slices.Max(skus))
	}
}

func TestItemOverREST(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	status, body := api.Do(t, "PUT", "/v1/items/A%2FB", map[string]any{"name": "N", "base_unit": "KGM", "tracking": "TRACKING_LOT"}, "Idempotency-Key", "k1")
	if item, _ := body["item"].(map[string]any); status != 200 || item["sku"] != "A/B" || body["changed"] != true {
		t.Errorf("PUT: %d %v", status, body)
	}
	status, body = api.Do(t, "GET", "/v1/items/A%2FB", nil)
	if item, _ := body["item"].(map[string]any); status != 200 || item["sku"] != "A/B" {
		t.Errorf("GET: %d %v", status, body)
	}
	if status, body = api.Do(t, "GET", "/v1/items/A", nil); status != 404 {
		t.Errorf("GET of none: %d %v", status, body)
	}
	status, body = api.Do(t, "POST", "/v1/items:batchUpsert", map[string]any{
		"request_id": "k2", "items": []any{map[string]any{"sku": "C", "name": "N", "base_unit": "KGM", "tracking": "TRACKING_NONE"}},
	})
	if status != 200 || body["changed_count"] != 1.0 {
		t.Errorf("batch: %d %v", status, body)
	}
}

func count(t testing.TB, api *apitest.API, query string, args ...any) (n int) {
	t.Helper()
	if err := api.DB.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
