package demo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/browsertest"
	"github.com/lottrail/lottrail/internal/demo"
)

// recalled is day with the flour recalled, and what was told of that.
func recalled(t *testing.T) (*apitest.API, string) {
	t.Helper()
	api, told := day(t)
	told.Reset()
	if err := demo.Recall(t.Context(), api.Conn, told); err != nil {
		t.Fatalf("%v\n%s", err, told)
	}
	return api, told.String()
}

func TestRecallOfTheFlour(t *testing.T) {
	t.Parallel()
	api, told := recalled(t)
	text := strings.Join(strings.Fields(told), " ") // lines are broken anywhere
	for _, want := range []string{
		"it would concern 10 lots and 6 runs, and what has gone to 4 customers",
		"activated: 10 lots are held, and what 1 run has yet to put out is held",
		"held: wheat flour FL-2026-0325, 448 kg at A-01, 2 kg at MIX-1",
		"held: cheese danish CD-0325-B, 600 pcs at PACK-1",
		"gone: 3,600 pcs of CD-0325-A to Harbour Market; call Nora Fink, +49 30 23125 200",
		"gone: 120 pcs of CD-0325-A, 120 pcs of CD-0325-B to Hotel Linden; call Ali Demir, +49 30 23125 210",
		"gone: 12 kg of BR-0325 to Birch Farm; call Paul Kern",
		"Complete: 10 lots, 5 of them on hand (5 held by the case, 5 undecided), 6 runs (1 in process), 5 shipment lines to 4 customers; read at ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told", want)
		}
	}
	if strings.Contains(text, "Oberland Mill") {
		t.Error("the mill is told of as a customer")
	}
	if t.Failed() {
		t.Log(told)
	}
	lot, err := api.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: demo.DanishSKU, LotCode: demo.DanishLot})
	if err != nil || lot.GetLot().GetActiveHoldCount() != 1 || lot.GetActiveHolds()[0].GetCaseNumber() != demo.RecallCase {
		t.Errorf("danishes %v, %v", lot, err)
	}
}

// The page as it is served, in a browser: nothing is fetched beside it, nothing goes
// wrong, and who has to act sees what they need.
func TestPacketInTheBrowser(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t)
	api, _ := recalled(t)
	url := fmt.Sprintf("%s/v1/recalls/%s/packet/page", api.REST, demo.RecallCase)
	for name, screen := range map[string]browsertest.Screen{"desktop": {Width: 1280, Height: 900}, "phone": {Width: 390, Height: 844, Phone: true}} {
		page := browser.Open(t, url, screen)
		if requests, console := page.Requests(), page.Console(); !slices.Equal(requests, []string{url}) || len(console) > 0 {
			t.Errorf("%s: requests %q, console %q", name, requests, console)
		}
		if wide := browsertest.Eval[int](t, page, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
			t.Errorf("%s: the page scrolls sideways by %d", name, wide)
		}
		shown := browsertest.Eval[string](t, page, `document.body.innerText.replace(/\s+/g, " ")`)
		for _, want := range []string{
			"Recall Q-2026-014 ACTIVE: WHAT IS AFFECTED IS HELD", "wheat flour, lot FL-2026-0325 (FLOUR-T550), the supplier’s lot M88/17",
			"4 customers to notify", "Lock what is left of 5 lots at 3 locations",
			"Corner Café CAFE", "Mia Vogt (recall) · +49 30 23125 220", "Got 120 pcs cheese danish", "Harbour Market MARKET", "Got 3,600 pcs cheese danish",
			"A-01 · New flour · The bakery", "MO-4105, run 2", "IN PROCESS", "Jonas Roth (quality) · +49 30 23125 100", "their lot M88/17",
			"Is this all? Complete: 10 lots",
		} {
			if !strings.Contains(shown, want) {
				t.Errorf("%s: %q is not shown", name, want)
			}
		}
		if strings.Contains(shown, "This page is not complete") {
			t.Errorf("%s: it says that it is cut", name)
		}
	}
}
