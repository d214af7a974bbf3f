package picture_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/picture"
	"github.com/lottrail/lottrail/internal/wording"
)

func kg(value string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: "KGM"} }

// As many nodes as can be read are drawn as they come; what goes between the same two is
// summed up.
func TestSheet(t *testing.T) {
	t.Parallel()
	s := picture.NewSheet(picture.Given)
	lot := s.Add(picture.Node{Kind: picture.Lot, Rank: -2, Title: "L", Group: "FLOUR", Seed: true})
	run := s.Add(picture.Node{Kind: picture.Run, Rank: -1, Title: "R", Open: true})
	cafe := s.Add(picture.Node{Kind: picture.Customer, Title: "CAFE"})
	mill := s.Add(picture.Node{Kind: picture.Supplier, Title: "MILL"})
	for range 2 {
		s.Gone(lot)
		s.Join(lot, cafe, kg("1000.5"))
	}
	s.Join(lot, run, kg("3"))
	s.Join(run, cafe, kg("3"))
	for range 2 {
		s.Join(run, cafe, &pb.Quantity{Value: "3", Unit: "H87"})
	}
	s.Join(mill, lot, &pb.Quantity{})
	for i := range picture.MaxNodes - 4 {
		s.Add(picture.Node{Kind: picture.Lot, Title: fmt.Sprint(i)})
	}
	g := s.Graph()
	if g.Folded() || len(g.Nodes) != picture.MaxNodes {
		t.Fatalf("%d nodes of %d", len(g.Nodes), g.Of)
	}
	var ranks []int
	for _, n := range g.Nodes[:4] {
		ranks = append(ranks, n.Rank)
	}
	if want := []int{1, 2, 3, 0}; !reflect.DeepEqual(ranks, want) {
		t.Errorf("ranks %v, want %v", ranks, want)
	}
	want := []picture.Edge{{From: lot, To: run, Label: "3 kg"}, {From: lot, To: cafe, Label: "2,001 kg"}, {From: run, To: cafe, Label: "3 ×"}, {From: mill, To: lot}}
	if !reflect.DeepEqual(g.Edges, want) {
		t.Errorf("edges %v", g.Edges)
	}
	if n := g.Nodes[lot]; !n.Gone || n.Held || !g.Nodes[run].Open {
		t.Errorf("%+v", g.Nodes[:2])
	}
}

// fold puts so many nodes of as many groups on a sheet, with edges between them, a seed
// first, and says how many are held, shipped and in process.
func fold(r *rand.Rand, nodes, groups int) (*picture.Graph, map[string]int) {
	s := picture.NewSheet(picture.Given)
	are := map[string]int{}
	for i := range nodes {
		n := picture.Node{Kind: picture.Kind(1 + r.IntN(4)), Rank: r.IntN(6), Title: fmt.Sprint("L", i), Group: fmt.Sprint("ITEM-", r.IntN(groups)), Seed: i == 0, Held: r.IntN(5) == 0, Open: r.IntN(5) == 0}
		if i == 0 {
			n.Kind = picture.Lot
		}
		if n.Held {
			are["held"]++
		}
		if n.Open {
			are["in process"]++
		}
		s.Add(n)
		if r.IntN(3) == 0 {
			at := r.IntN(i + 1)
			s.Join(i, at, kg("2"))
		}
	}
	for i := range nodes {
		if i%7 == 0 {
			s.Gone(i)
			s.Gone(i)
			are["shipped"]++
		}
	}
	return s.Graph(), are
}

// told adds up how many of the nodes are said to be what.
func told(t *testing.T, g *picture.Graph) map[string]int {
	are := map[string]int{}
	for _, n := range g.Nodes {
		for word, is := range map[string]bool{"held": n.Held, "shipped": n.Gone, "in process": n.Open} {
			many := 0
			for _, line := range n.Lines {
				if count, found := strings.CutSuffix(strings.ReplaceAll(line, ",", ""), " "+word); found {
					if _, err := fmt.Sscan(count, &many); err != nil {
						t.Error(err)
					}
				}
			}
			if many == 0 && is {
				many = 1
			}
			if are[word] += many; is != (many > 0) {
				t.Errorf("%+v is marked %s: %v", n, word, is)
			}
		}
	}
	return are
}

// However many there are, few are drawn, and all are told of.
func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nodes, groups int
		group         bool
	}{{501, 3, true}, {50_000, 9, true}, {20_000, 5000, false}} {
		g, are := fold(rand.New(rand.NewPCG(1, 1)), c.nodes, c.groups)
		if !g.Folded() || g.Of != c.nodes || len(g.Nodes) > picture.MaxNodes || len(g.Nodes) < 10 {
			t.Fatalf("%d nodes are drawn of %d", len(g.Nodes), g.Of)
		}
		nodes, seeds := 0, 0
		grouped := false
		for _, n := range g.Nodes {
			many := 1
			if _, err := fmt.Sscanf(strings.ReplaceAll(n.Title, ",", ""), "%d ", &many); err != nil {
				many = 1
			}
			nodes += many
			if n.Seed {
				if n.Title != "L0" {
					t.Errorf("the seed is folded: %+v", n)
				}
				seeds++
			}
			for _, line := range n.Lines {
				grouped = grouped || strings.HasPrefix(line, "of ITEM-")
			}
		}
		if said := told(t, g); nodes != c.nodes || seeds != 1 || !reflect.DeepEqual(said, are) || grouped != c.group {
			t.Errorf("%d nodes are told of, want %d; %d seeds; %v, want %v; grouped %v", nodes, c.nodes, seeds, said, are, grouped)
		}
		for _, e := range g.Edges {
			if e.From < 0 || e.From >= len(g.Nodes) || e.To < 0 || e.To >= len(g.Nodes) || !strings.HasSuffix(e.Label, " kg") {
				t.Fatalf("edge %+v", e)
			}
		}
	}
}

// Runs of many orders are put together before lots of few items are: also of so many that
// they could be drawn, one below the other, which nobody could read.
func TestFoldRunsFirst(t *testing.T) {
	t.Parallel()
	for runs, lots := range map[int][]string{2000: {"667", "667", "666"}, 300: {"100", "100", "100"}} {
		foldRunsFirst(t, runs, lots)
	}
}

func foldRunsFirst(t *testing.T, runs int, lots []string) {
	t.Helper()
	s := picture.NewSheet(picture.ByEdges)
	seed := s.Add(picture.Node{Kind: picture.Lot, Title: "F", Group: "FLOUR", Seed: true})
	for i := range runs {
		run := s.Add(picture.Node{Kind: picture.Run, Group: fmt.Sprint("MO-", i)})
		lot := s.Add(picture.Node{Kind: picture.Lot, Group: fmt.Sprint("BREAD-", i%3)})
		s.Join(seed, run, kg("1"))
		s.Join(run, lot, kg("0.5"))
	}
	var titles []string
	g := s.Graph()
	for _, n := range g.Nodes {
		titles = append(titles, fmt.Sprint(n.Rank, " ", n.Title, " ", strings.Join(n.Lines, ", ")))
	}
	want := []string{"0 F ", "1 " + wording.Number(runs) + " runs "}
	for i, n := range lots {
		want = append(want, fmt.Sprint("2 ", n, " lots of BREAD-", i))
	}
	if !reflect.DeepEqual(titles, want) {
		t.Errorf("%q", titles)
	}
	if edges := g.Edges; len(edges) != 4 || edges[0].Label != wording.Number(runs)+" kg" {
		t.Errorf("%v", edges)
	}
}

// Nodes without ranks get them by the edges: the longest way counts, and what goes round
// in a circle is drawn all the same.
func TestRankByEdges(t *testing.T) {
	t.Parallel()
	s := picture.NewSheet(picture.ByEdges)
	add := func(kind picture.Kind, title string, seed bool) int {
		return s.Add(picture.Node{Kind: kind, Title: title, Seed: seed})
	}
	levain, bread := add(picture.Lot, "levain", false), add(picture.Lot, "bread", false)
	feed, bake := add(picture.Run, "feed", false), add(picture.Run, "bake", false)
	flour, mill, cafe := add(picture.Lot, "flour", true), add(picture.Supplier, "mill", false), add(picture.Customer, "cafe", false)
	for _, e := range [][2]int{{flour, feed}, {flour, bake}, {feed, levain}, {levain, feed}, {levain, bake}, {bake, bread}, {mill, flour}, {bread, cafe}, {flour, cafe}} {
		s.Join(e[0], e[1], kg("1"))
	}
	ranks := map[string]int{}
	for _, n := range s.Graph().Nodes {
		ranks[n.Title] = n.Rank
	}
	want := map[string]int{"mill": 0, "flour": 1, "feed": 2, "levain": 3, "bake": 4, "bread": 5, "cafe": 6}
	if !reflect.DeepEqual(ranks, want) {
		t.Errorf("ranks %v, want %v", ranks, want)
	}
}

// Of the ways to a node the longest counts, in whatever order they are found; a supplier stands
// before the first lot that came from it; and where all goes round in a circle it begins
// with what was asked for.
func TestRankByTheLongestWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, nodes, edges, want string // nodes by letters: S is a seed, M a supplier
	}{
		{"the longer way first", "acbd", "ab bc dc", "a0 b1 c2 d0"},
		{"the longer way last", "acbd", "dc ab bc", "a0 b1 c2 d0"},
		{"a supplier of two", "abM", "ab Mb Ma", "M0 a1 b2"},
		{"a supplier of two, the first named first", "abM", "ab Ma Mb", "M0 a1 b2"},
		{"a circle", "xrS", "xr rS Sx", "S0 r2 x1"},
	} {
		s := picture.NewSheet(picture.ByEdges)
		at := map[byte]int{}
		for i := range c.nodes {
			kind := picture.Lot
			if c.nodes[i] == 'M' {
				kind = picture.Supplier
			}
			at[c.nodes[i]] = s.Add(picture.Node{Kind: kind, Title: c.nodes[i : i+1], Seed: c.nodes[i] == 'S'})
		}
		for _, e := range strings.Fields(c.edges) {
			s.Join(at[e[0]], at[e[1]], kg("1"))
		}
		var got []string
		for _, n := range s.Graph().Nodes {
			got = append(got, fmt.Sprint(n.Title, n.Rank))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Where putting together by groups is not enough, it goes on at once until it is.
func TestFoldAsFarAsNeeded(t *testing.T) {
	t.Parallel()
	s := picture.NewSheet(picture.Given)
	for i := range picture.MaxNodes + 1 {
		s.Add(picture.Node{Kind: picture.Lot, Title: fmt.Sprint(i), Group: fmt.Sprint(i)})
	}
	if g := s.Graph(); len(g.Nodes) != 1 || g.Nodes[0].Title != "501 lots" || len(g.Nodes[0].Lines) != 0 {
		t.Errorf("%d nodes, the first %+v", len(g.Nodes), g.Nodes[0])
	}
}
