package badinput_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/page"
)

// refusePages: page sizes and tokens of every list.
func refusePages(t *testing.T, w *world) {
	t.Helper()
	const invalid = codes.InvalidArgument
	again := says("start from the first page, without a token")
	var cases []bad
	for name, r := range rpcs {
		if r.Input().Fields().ByName("page_token") == nil {
			continue
		}
		most := map[bool]string{true: "10000", false: "1000"}[name == "GetTrace"]
		cases = append(cases,
			bad{name, set("page_size", -1), invalid, "INT32_GTE_LTE", "", says("-1", "less than or equal to "+most)},
			bad{name, set("page_size", 10001), invalid, "INT32_GTE_LTE", "", says("10001", "less than or equal to "+most)},
		)
		token := leafAt(t, w.good[name].ProtoReflect(), "page_token")
		good := token.message.Get(token.field).String()
		flipped := []byte(good)
		flipped[len(flipped)/2] ^= 1
		for _, text := range []string{
			"2", "next", "%%%", good + "A", good[:len(good)-2], string(flipped), "=" + good, " " + good, strings.ToUpper(good) + good,
			"AAAAAAAAAAAAAAAAAAAA", "bnVsbA", good + "\x00", "🥐",
		} {
			cases = append(cases, bad{name, set("page_token", text), invalid, "BAD_PAGE_TOKEN", "", again})
		}
		// Another list's token, and this one's with another filter.
		other := "ListItems"
		if name == other {
			other = "ListParties"
		}
		token = leafAt(t, w.good[other].ProtoReflect(), "page_token")
		cases = append(cases, bad{name, set("page_token", token.message.Get(token.field).String()), invalid, "BAD_PAGE_TOKEN", "", again})
	}
	for name, edits := range map[string][]edit{
		"ListReceipts": set("purchase_order_code", "PO-2"), "ListLots": set("on_hand_only", false), "LocateLot": set("lot_code", "FL-2"),
		"ListLocationContents": set("this_location_only", false), "ListHolds": set("lot_code", "FL-1"), "ListLotMovements": set("lot_code", "FL-HELD"),
		"GetTrace": set("direction", 2), "ListRecalls": set("state", 2), "ListRecallLots": set("undecided_only", false),
		"ListLotDateChanges": set("lot_code", "FL-1"), "ListExpiringLots": set("group_by", 1),
		"ListRecallShipments": set("case_number", "CASE-OPEN"), "ListRecallEvents": set("case_number", "CASE-OPEN"),
	} {
		cases = append(cases, bad{name, edits, invalid, "BAD_PAGE_TOKEN", "page_token", again})
	}
	w.refuseAll(t, cases)
}

// refuseResumeTokens: tokens of streams.
func refuseResumeTokens(t *testing.T, w *world) {
	t.Helper()
	const invalid = codes.InvalidArgument
	again := says("start again, without a token")
	var cases []bad
	for _, name := range []string{"TraceForward", "TraceBackward", "TraceBoth"} {
		paged := leafAt(t, w.good["GetTrace"].ProtoReflect(), "page_token")
		for _, text := range []string{"2", "next", "%%%", "AAAAAAAAAAAAAAAAAAAA", "bnVsbA", "\x00", "🥐", paged.message.Get(paged.field).String()} {
			cases = append(cases, bad{name, set("resume_token", text), invalid, "BAD_RESUME_TOKEN", "", again})
		}
		cases = append(cases, bad{name, set("resume_token", strings.Repeat("A", 4097)), invalid, "STRING_MAX_BYTES", "", says("4096")})
		for _, c := range []struct {
			seen   lineage.Seen
			code   codes.Code
			reason string
			said   []string
		}{
			{lineage.Seen{ReadAt: past, Log: lineage.LogPosition{Index: 1}}, codes.FailedPrecondition, "RESUME_TOKEN_EXPIRED", says("2025-06-01", "24h", "start it again")},
			{lineage.Seen{ReadAt: time.Now(), Log: lineage.LogPosition{Index: 1 << 40}}, invalid, "BAD_RESUME_TOKEN", again},
		} {
			tokens, err := page.TokensOf(w.good[name], "resume_token")
			if err != nil {
				t.Fatal(err)
			}
			text, err := tokens.Encode(struct {
				Sent        int
				Seen, Query []byte
			}{1, c.seen.Pack(), nil})
			if err != nil {
				t.Fatal(err)
			}
			cases = append(cases, bad{name, set("resume_token", text), c.code, c.reason, "", c.said})
		}
	}
	w.refuseAll(t, cases)
}
