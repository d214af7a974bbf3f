package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
)

// refuseCatalog: what master data cannot be, whatever the form.
func refuseCatalog(t *testing.T, w *world) {
	t.Helper()
	const invalid, exists = codes.InvalidArgument, codes.AlreadyExists
	site := set("location.kind", 1, "location.parent_code", "", "location.time_zone", "Asia/Tokyo")
	w.refuseAll(t, []bad{
		{"UpsertItem", set("item.gtins[0].gtin", "36000291452"), invalid, "INVALID_GTIN", "", says(`"36000291452"`, "8, 12, 13 or 14", "check it against the label")},
		{"UpsertItem", set("item.expiry_tracked", false), codes.InvalidArgument, "FEFO_WITHOUT_EXPIRY", "item.fefo", says(`"NEW-ITEM"`, "set expiry_tracked, or leave fefo out")},
		{"UpsertItem", set("item.expiry_tracked", false, "item.sku", milk), codes.InvalidArgument, "FEFO_WITHOUT_EXPIRY", "item.fefo", says(`"MILK"`)},
		{"BatchUpsertItems", set("items[0].expiry_tracked", false), codes.InvalidArgument, "FEFO_WITHOUT_EXPIRY", "items[0].fefo", says(`"NEW-ITEM-2"`)},
		{"UpsertItem", set("item.gtins[0].gtin", "036000291452"), exists, "GTIN_TAKEN", "", says("00036000291452", `"TAGGED"`, "take it from that item first")},
		{"UpsertItem", set("item.gtins", times(2)), invalid, "DUPLICATE_GTIN", "item.gtins[1].gtin", says(`"NEW-ITEM"`, "04006381333931", "give each GTIN once")},
		{"UpsertItem", set("item.units", times(2)), invalid, "DUPLICATE_UNIT", "item.units[1].unit", says(`"NEW-ITEM"`, `"BAG"`, "give each unit once")},
		{"BatchUpsertItems", set("items", times(2)), invalid, "DUPLICATE_KEY", "items[1].sku", says(`"NEW-ITEM-2"`, "items[0]", "once in a batch")},
		{"BatchUpsertItems", set("items", times(2), "items[1].sku", "NEW-ITEM-3"), exists, "GTIN_TAKEN", "items[1].gtins[0].gtin", says("00000096385074", `"NEW-ITEM-2"`, "a GTIN names one item")},
		{"BatchUpsertParties", set("parties", times(2)), invalid, "DUPLICATE_KEY", "parties[1].code", says(`"NEW-PARTY-2"`, "parties[0]", "once in a batch")},
		{"UpsertParty", set("party.contacts[0].email", "quinn at baker"), invalid, "STRING_EMAIL", "", says(`"quinn at baker"`, "must be a valid email address")},
		{"UpsertParty", set("party.gln", "400638133393"), invalid, "STRING_LEN", "", says(`"400638133393"`, "13 characters")},
		{"BatchUpsertLocations", set("locations[1].code", "NEW-SITE"), invalid, "DUPLICATE_KEY", "locations[1].code", says(`"NEW-SITE"`, "locations[0]", "once in a batch")},
		{"UpsertLocation", set("location.code", "SHELF-1", "location.parent_code", "SHELF-1"), invalid, "LOCATION_CYCLE", "location.parent_code", says(`"SHELF-1"`, "name a parent that does not")},
		{"BatchUpsertLocations", set("locations[0].code", "NEW-LOCATION-3", "locations[0].kind", 2, "locations[0].parent_code", "NEW-LOCATION-2", "locations[0].time_zone", "", "locations[1].parent_code", "NEW-LOCATION-3"),
			invalid, "LOCATION_CYCLE", "locations[0].parent_code", says(`"NEW-LOCATION-3"`, `"NEW-LOCATION-2"`, "name a parent that does not")},
		{"UpsertLocation", set("location.parent_code", ""), invalid, "PARENT_REQUIRED", "", says(`"NEW-LOCATION"`, "name it")},
		{"UpsertLocation", set("location.time_zone", "Asia/Tokyo"), invalid, "TIME_ZONE_NOT_ALLOWED", "", says(`"NEW-LOCATION"`, "leave it out")},
		{"UpsertLocation", append(site, set("location.parent_code", "PLANT")...), invalid, "PARENT_NOT_ALLOWED", "location.parent_code", says(`"NEW-LOCATION"`, "leave the parent out")},
		{"UpsertLocation", append(site, set("location.time_zone", "")...), invalid, "TIME_ZONE_REQUIRED", "location.time_zone", says(`"NEW-LOCATION"`, "Europe/Berlin")},
		{"UpsertLocation", append(site, set("location.time_zone", "Mars/Olympus")...), invalid, "UNKNOWN_TIME_ZONE", "location.time_zone", says(`"Mars/Olympus"`, "Europe/Berlin")},
		{"UpsertLocation", append(site, set("location.time_zone", "Local")...), invalid, "UNKNOWN_TIME_ZONE", "location.time_zone", says(`"Local"`, "Europe/Berlin")},
		{"UpsertLocation", append(site, set("location.time_zone", "../../etc/localtime")...), invalid, "UNKNOWN_TIME_ZONE", "location.time_zone", says(`"../../etc/localtime"`)},
	})
}
