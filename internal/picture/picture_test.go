package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/picture"
)

func bakery() *picture.Graph {
	return &picture.Graph{
		Nodes: []picture.Node{
			{Kind: picture.Supplier, Rank: 0, Title: "MILL", Lines: []string{"PO-7001", "2026-03-11"}},
			{Kind: picture.Lot, Rank: 1, Title: "FL-2026-0311", Lines: []string{"FLOUR-T550", "120 KGM on hand"}, Seed: true, Held: true},
			{Kind: picture.Run, Rank: 2, Title: "MO-1 / R-1"},
			{Kind: picture.Run, Rank: 2, Title: "MO-2 / R-1", Open: true},
			{Kind: picture.Lot, Rank: 3, Title: "BR-0325-A", Lines: []string{"BREAD", "40 H87 on hand"}, Gone: true},
			{Kind: picture.Lot, Rank: 3, Title: `<script>"&é`, Lines: []string{"DANISH-CHS"}, Gone: true, Held: true},
			{Kind: picture.Customer, Rank: 4, Title: "CAFE", Lines: []string{"Corner Café"}},
			{Kind: picture.Customer, Rank: 4, Title: "FARM"},
		},
		Edges: []picture.Edge{{0, 1, "400 KGM"}, {1, 2, "200 KGM"}, {1, 3, "80 KGM"}, {2, 4, "380 H87"}, {3, 5, "90 H87"}, {4, 6, "100 H87"}, {4, 7, "240 H87"}, {5, 6, "12 H87"}, {1, 6, "1 KGM"}, {5, 2, "3 H87"}},
	}
}

// random is a graph as traces have them: edges lead to the next layers mostly.
func random(r *rand.Rand, nodes int) *picture.Graph {
	g := &picture.Graph{}
	for i := range nodes {
		g.Nodes = append(g.Nodes, picture.Node{
			Kind: picture.Kind(1 + r.IntN(4)), Rank: r.IntN(6), Title: fmt.Sprintf("L%06d", i), Group: fmt.Sprintf("ITEM-%d", r.IntN(9)),
			Held: r.IntN(5) == 0, Gone: r.IntN(3) == 0, Seed: i == 0,
		})
	}
	for range nodes * 3 / 2 {
		g.Edges = append(g.Edges, picture.Edge{From: r.IntN(nodes), To: r.IntN(nodes), Label: "1"})
	}
	return g
}

func TestSVG(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := picture.WriteSVG(&b, bakery()); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("PICTURE"); path != "" {
		os.WriteFile(path, b.Bytes(), 0o644)
		big, _ := os.Create(path + ".big.svg")
		picture.WriteSVG(big, random(rand.New(rand.NewPCG(1, 2)), 120))
	}
	decoder, texts := xml.NewDecoder(bytes.NewReader(b.Bytes())), ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			texts += string(text) + "\n"
		}
	}
	for _, want := range []string{"FL-2026-0311", "■ held", "▶ shipped", "… in process", "◆ asked for", `<script>"&é`, "380 H87", "Corner Café"} {
		if !strings.Contains(texts, want) {
			t.Errorf("no %q in %s", want, texts)
		}
	}
}

var _ = exec.Command
