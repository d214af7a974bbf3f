package model_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// change is a call about a place in the tree: stock is put there or taken away, it is
// closed or opened, or hung into another place.
type change struct{ Kind, At, Lot, Into string }

// hall is the tree and what is in it: the model. S and T are sites; S stays open.
type hall struct {
	parent map[string]string
	closed map[string]bool
	stock  map[string]int // by place and lot
}

func newHall() hall {
	return hall{map[string]string{"A": "S", "B": "A", "C": "S"}, map[string]bool{}, map[string]int{}}
}

func (h hall) clone() hall {
	return hall{maps.Clone(h.parent), maps.Clone(h.closed), maps.Clone(h.stock)}
}

// path is what a place lies in, the site first, and itself.
func (h hall) path(at string) []string {
	if at == "" {
		return nil
	}
	return append(h.path(h.parent[at]), at)
}

func (h hall) active(at string) bool {
	return !slices.ContainsFunc(h.path(at), func(above string) bool { return h.closed[above] })
}

// empty says whether nothing is in a place or under it.
func (h hall) empty(at string) bool {
	for key, n := range h.stock {
		if n > 0 && slices.Contains(h.path(key[:1]), at) {
			return false
		}
	}
	return true
}

func (h hall) apply(c change) string {
	switch key := c.At + c.Lot; {
	case c.Kind == "put" && !h.active(c.At):
		return "LOCATION_INACTIVE"
	case c.Kind == "put":
		h.stock[key]++
	case c.Kind == "take" && h.stock[key] == 0:
		return "INSUFFICIENT_STOCK"
	case c.Kind == "take":
		h.stock[key]--
	case c.Kind == "close" && !h.empty(c.At):
		return "LOCATION_IN_USE"
	case c.Kind == "close":
		h.closed[c.At] = true
	case c.Kind == "open" && h.parent[c.At] != "" && !h.active(h.parent[c.At]):
		return "LOCATION_INACTIVE"
	case c.Kind == "open":
		h.closed[c.At] = false
	case slices.Contains(h.path(c.Into), c.At):
		return "LOCATION_CYCLE"
	case h.parent[c.At] != c.Into && !h.active(c.Into):
		return "LOCATION_INACTIVE"
	case h.path(c.At)[0] != h.path(c.Into)[0] && !h.empty(c.At):
		return "LOCATION_IN_USE"
	default:
		h.parent[c.At] = c.Into
	}
	return "ok"
}

// explainChanges looks for an order in which the model ends each change the way it
// really ended, and stands as it really stands after the last.
func explainChanges(h hall, changes []change, outcomes []string, stands string) (hall, bool) {
	if len(changes) == 0 {
		return h, h.String() == stands
	}
	for i, c := range changes {
		next := h.clone()
		if next.apply(c) != outcomes[i] {
			continue
		}
		rest, restOutcomes := slices.Delete(slices.Clone(changes), i, i+1), slices.Delete(slices.Clone(outcomes), i, i+1)
		if after, ok := explainChanges(next, rest, restOutcomes, stands); ok {
			return after, true
		}
	}
	return hall{}, false
}

var trees = rapid.Custom(func(t *rapid.T) [][]change {
	one := rapid.Custom(func(t *rapid.T) change {
		c := change{Kind: rapid.SampledFrom([]string{"put", "put", "take", "take", "close", "close", "open", "open", "hang", "hang"}).Draw(t, "kind")}
		places := []string{"A", "B", "C"}
		switch c.Kind {
		case "put", "take":
			c.Lot = rapid.SampledFrom([]string{"1", "2"}).Draw(t, "lot")
		case "hang":
			c.Into = rapid.SampledFrom([]string{"A", "B", "C", "S", "T"}).Draw(t, "into")
		default:
			places = append(places, "T")
		}
		c.At = rapid.SampledFrom(places).Draw(t, "at")
		return c
	})
	return rapid.SliceOfN(rapid.SliceOfN(one, 3, 4), 4, 8).Draw(t, "rounds")
})

var halls atomic.Int64

// code is what a place of the model is called in the service, which has many halls.
func code(hallName, at string) string {
	if at == "S" || at == "" {
		return strings.Repeat(apitest.Site, len(at))
	}
	return hallName + at
}

func sendChange(ctx context.Context, conn *grpc.ClientConn, name string, c change) error {
	catalog, at := pb.NewCatalogServiceClient(conn), code(name, c.At)
	from, to := apitest.Line, at
	switch c.Kind {
	case "close":
		_, err := catalog.DeactivateLocation(ctx, &pb.DeactivateLocationRequest{RequestId: apitest.ID(), Code: at, Reason: "test"})
		return err
	case "open":
		_, err := catalog.ReactivateLocation(ctx, &pb.ReactivateLocationRequest{RequestId: apitest.ID(), Code: at})
		return err
	case "hang":
		_, err := catalog.UpsertLocation(ctx, &pb.UpsertLocationRequest{RequestId: apitest.ID(), Location: &pb.Location{
			Code: at, ParentCode: code(name, c.Into), Kind: pb.LocationKind_LOCATION_KIND_STORAGE,
		}})
		return err
	case "take":
		from, to = to, from
	}
	_, err := pb.NewLotsServiceClient(conn).MoveLots(ctx, &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{
		Sku: apitest.Flour, LotCode: c.Lot, Quantity: &pb.Quantity{Value: "1", Unit: "KGM"}, FromLocationCode: from, ToLocationCode: to,
	}}})
	return err
}

func (s *stage) playTree(ctx context.Context, rounds [][]change) error {
	name, h := fmt.Sprintf("H%d-", halls.Add(1)), newHall()
	batch := []*pb.Location{{Code: name + "T", Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: "Asia/Tokyo"}}
	for at, parent := range h.parent {
		batch = append(batch, &pb.Location{Code: code(name, at), ParentCode: code(name, parent), Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	}
	if _, err := s.api.Catalog.BatchUpsertLocations(ctx, &pb.BatchUpsertLocationsRequest{RequestId: apitest.ID(), Locations: batch}); err != nil {
		return err
	}
	for i, round := range rounds {
		outcomes := make([]string, len(round))
		var wg sync.WaitGroup
		for j, c := range round {
			wg.Go(func() {
				outcomes[j] = "CONTENTION"
				for outcomes[j] == "CONTENTION" {
					if err := sendChange(ctx, s.conns[j], name, c); err != nil {
						outcomes[j] = apitest.Reason(err)
					} else {
						outcomes[j] = "ok"
					}
				}
			})
		}
		wg.Wait()
		stands, err := s.readTree(ctx, name)
		if err != nil {
			return err
		}
		after, explained := explainChanges(h, round, outcomes, stands)
		if !explained {
			return fmt.Errorf("round %d: no serial order explains %+v: %q, from\n%sto\n%s", i, round, outcomes, h, stands)
		}
		h = after
	}
	return nil
}

// String is the hall in words, as readTree tells it.
func (h hall) String() string {
	var text strings.Builder
	for _, at := range []string{"A", "B", "C", "T"} {
		var stock []string
		for key, n := range h.stock {
			if n > 0 && slices.Contains(h.path(key[:1]), at) {
				stock = append(stock, fmt.Sprintf("%s/%s %d", key[:1], key[1:], n))
			}
		}
		slices.Sort(stock)
		fmt.Fprintln(&text, h.path(at), h.active(at), h.closed[at], stock)
	}
	return text.String()
}

// readTree is what the service says of every place.
func (s *stage) readTree(ctx context.Context, name string) (string, error) {
	at := func(code string) string {
		if code == apitest.Site {
			return "S"
		}
		return strings.TrimPrefix(code, name)
	}
	var text strings.Builder
	for _, place := range []string{"A", "B", "C", "T"} {
		resp, err := s.api.Catalog.GetLocation(ctx, &pb.GetLocationRequest{Code: name + place})
		if err != nil {
			return "", err
		}
		var path, stock []string
		for _, above := range resp.GetLocation().GetPath() {
			path = append(path, at(above))
		}
		contents, err := s.api.Lots.ListLocationContents(ctx, &pb.ListLocationContentsRequest{LocationCode: name + place})
		if err != nil {
			return "", err
		}
		for _, c := range contents.GetContents() {
			stock = append(stock, fmt.Sprintf("%s/%s %s", at(c.GetLocationCode()), c.GetLot().GetLotCode(), c.GetOnHand().GetValue()))
		}
		fmt.Fprintln(&text, path, resp.GetLocation().GetActive(), resp.GetLocation().GetDeactivated(), stock)
	}
	return text.String(), nil
}

// Whatever is put, taken, closed, opened and hung elsewhere at once, some serial order
// explains it, and nothing lies in what is closed.
func TestTreesAreSerializable(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	for _, lot := range []string{"1", "2"} {
		api.ReceiveLot(t, apitest.Flour, lot, "100000", "KGM", apitest.Line)
	}
	s := newStage(t, api)
	rapid.Check(t, func(rt *rapid.T) {
		if err := s.playTree(t.Context(), trees.Draw(rt, "history")); err != nil {
			rt.Fatal(err)
		}
	})
	dbtest.Reconcile(t, api.DB)
}
