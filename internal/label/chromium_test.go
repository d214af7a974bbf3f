package label_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/browsertest"
	"github.com/lottrail/lottrail/internal/label"
)

// A browser shows an SVG as it was meant: its barcode is read back, at a pixel for
// each dot and where dots and pixels do not fit; its text is text and within the
// picture; nothing is fetched and nothing runs.
func TestBrowser(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t)
	for _, symbology := range []label.Symbology{label.DataMatrix, label.GS1128} {
		p := draw(t, label.Label{
			Symbology: symbology,
			Elements:  []label.Element{{"01", "09506000134352"}, {"10", "LOT-<7>&"}, {"21", "11"}},
			Title: []string{
				`Rye bread <script>document.title="ran"</script>, whole grain, baked in the wood-fired oven, 750 g`,
				strings.Repeat("全粒粉パン", 12) + " Вся пшениця", "Lot LOT-<7>&",
			},
		})
		file := filepath.Join(t.TempDir(), "label.svg")
		if err := os.WriteFile(file, p.SVG(), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, scale := range []float64{1, 1.7} {
			wide, high := int64(float64(p.Width)*scale), int64(float64(p.Height)*scale)
			page := browser.Open(t, "file://"+file, browsertest.Screen{Width: wide, Height: high})
			browsertest.Eval[bool](t, page, fmt.Sprintf(`document.documentElement.setAttribute("width", %d) || document.documentElement.setAttribute("height", %d) || true`, wide, high))
			shot, err := png.Decode(bytes.NewReader(page.Screenshot(t)))
			if err != nil {
				t.Fatal(err)
			}
			dots := aim(t, p)
			part := image.Rect(int(float64(dots.Min.X)*scale), int(float64(dots.Min.Y)*scale), int(float64(dots.Max.X)*scale), int(float64(dots.Max.Y)*scale))
			if found := scan(t, symbology, shot, part); found.data != "010950600013435210LOT-<7>&"+gs+"2111" {
				t.Errorf("it reads %q", found.data)
			}
			if texts := browsertest.Eval[[]string](t, page, `[...document.querySelectorAll("text")].filter(e => {
				const box = e.getBoundingClientRect()
				return box.width < 1 || box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight
			}).map(e => e.textContent)`); len(texts) > 0 {
				t.Errorf("beyond the edge: %q", texts)
			}
			if n := browsertest.Eval[int](t, page, `document.querySelectorAll("script,a,image,use,style,foreignObject").length`); n != 0 {
				t.Errorf("there are %d elements in it that do something", n)
			}
			if title := browsertest.Eval[string](t, page, `document.title`); title != p.Says() {
				t.Errorf("the title is %q: did a script run?", title)
			}
			if requests, console := page.Requests(), page.Console(); len(requests) != 1 || len(console) > 0 {
				t.Errorf("requests %q, console %q", requests, console)
			}
		}
	}
}
