package packet_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/browsertest"
)

var (
	desktop = browsertest.Screen{Width: 1280, Height: 900}
	phone   = browsertest.Screen{Width: 390, Height: 844, Phone: true}
)

// open writes a page to a file and opens that.
func open(t *testing.T, b *browsertest.Browser, page []byte, screen browsertest.Screen) *browsertest.Page {
	t.Helper()
	file := filepath.Join(t.TempDir(), "packet.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	return b.Open(t, "file://"+file, screen)
}

// visible are the texts of what a selector finds, of what can be seen of it.
func visible(t *testing.T, p *browsertest.Page, selector string) []string {
	t.Helper()
	return browsertest.Eval[[]string](t, p, fmt.Sprintf(`[...document.querySelectorAll(%q)].filter(e => {
		const box = e.getBoundingClientRect()
		return e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && box.width > 1 && box.height > 1 && box.left >= 0 && box.right <= window.innerWidth + 0.5
	}).map(e => e.innerText.replace(/\s+/g, " ").trim())`, selector))
}

// overflow tells what is wider than the window, or cut off by what it is in. On a screen
// a picture may be scrolled.
const overflow = `[...document.body.querySelectorAll("*")].filter(e => !matchMedia("screen").matches || !e.closest(".picture")).filter(e => {
	const box = e.getBoundingClientRect(), style = getComputedStyle(e)
	return e.checkVisibility() && box.width > 0 &&
		(box.right > document.documentElement.clientWidth + 0.5 || box.left < -0.5 || e.scrollWidth > e.clientWidth + 1 && style.display != "inline")
}).map(e => e.outerHTML.slice(0, 120))`

// sound is what holds of the page however it is looked at.
func sound(t *testing.T, p *browsertest.Page) {
	t.Helper()
	if requests := p.Requests(); len(requests) != 1 {
		t.Errorf("requests went out: %q", requests)
	}
	if console := p.Console(); len(console) > 0 {
		t.Errorf("the console says %q", console)
	}
	if title := browsertest.Eval[string](t, p, `document.title`); title != "Recall Q-2026-014: the packet" {
		t.Errorf("the title is %q: did a script run?", title)
	}
	if n := browsertest.Eval[int](t, p, `document.scripts.length + document.images.length + document.querySelectorAll("iframe,object,embed,link[rel=stylesheet]").length`); n != 0 {
		t.Errorf("%d scripts, images or frames", n)
	}
	if cut := visible(t, p, "#cut"); len(cut) != 0 {
		t.Errorf("it says %q", cut)
	}
	if found := browsertest.Eval[[]string](t, p, overflow); len(found) > 0 {
		t.Errorf("wider than the window: %q", found)
	}
	if wide := browsertest.Eval[int](t, p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		t.Errorf("the page scrolls sideways by %d", wide)
	}
	if small := browsertest.Eval[[]string](t, p, `[...document.body.querySelectorAll("*")].filter(e => e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 10.5).map(e => e.outerHTML.slice(0, 80))`); len(small) > 0 {
		t.Errorf("too small to read: %q", small)
	}
	headings := []string{"What to do now", "1. Customers to notify", "2. Stock to lock: where what is left is", "3. Affected lots", "4. Runs", "5. Where it came from: suppliers and receipts", "6. The way it went, drawn", "7. What was done in this case", "Is this all?"}
	if got := visible(t, p, "h2"); !slices.Equal(got, headings) {
		t.Errorf("headings %q", got)
	}
	if got := visible(t, p, "#customers .phone"); !slices.Equal(got, []string{"+49 30 23125 220"}) {
		t.Errorf("phone numbers %q", got)
	}
	if got := visible(t, p, "#statement"); len(got) != 1 || !strings.HasPrefix(got[0], "Complete: 4 lots") {
		t.Errorf("statement %q", got)
	}
	for selector, want := range map[string]int{"#customers code": 3, "h3": 3, "#lots code": 4, "#stock tbody b": 5} {
		if got := visible(t, p, selector); len(got) != want {
			t.Errorf("%s: %q", selector, got)
		}
	}
	if got := browsertest.Eval[string](t, p, `[...document.querySelectorAll("#picture svg title")].map(e => e.textContent).join()`); !strings.Contains(got, nasty) {
		t.Errorf("the picture does not show %s: %q", nasty, got)
	}
	if within := browsertest.Eval[bool](t, p, `document.querySelector(".picture").getBoundingClientRect().right <= window.innerWidth`); !within {
		t.Error("the picture is wider than the window")
	}
	for _, selector := range []string{"header .text", "h3", "#customers tbody b", "#stock b", "#lots code", "#runs th", "#runs code", "#receipts li"} {
		if got := strings.Join(visible(t, p, selector), "\n"); !strings.Contains(got, nasty) {
			t.Errorf("%s does not show %s: %q", selector, nasty, got)
		}
	}
}

func TestOnTheDesktop(t *testing.T) {
	t.Parallel()
	p := open(t, browsertest.Start(t), bakery().page(t), desktop)
	sound(t, p)
	if got := visible(t, p, ".lots thead th"); !slices.Equal(got, []string{"Item and lot", "State", "Total", "On hand", "In process", "Consumed", "Gone"}) {
		t.Errorf("columns %q", got)
	}
	if got := browsertest.Eval[string](t, p, `document.querySelector("#customers .phone").href`); got != "tel:+493023125220" {
		t.Errorf("the phone number dials %q", got)
	}
}

// On a phone a row is a card, and each value has its name beside it.
func TestOnThePhone(t *testing.T) {
	t.Parallel()
	p := open(t, browsertest.Start(t), bakery().page(t), phone)
	sound(t, p)
	if got := visible(t, p, "thead th"); len(got) > 0 {
		t.Errorf("table headers %q", got)
	}
	names := browsertest.Eval[string](t, p, `[...document.querySelectorAll("#lots tbody tr:first-child td")].map(e => getComputedStyle(e, "::before").content).join(" ")`)
	if names != `"State" "Total" "On hand" "In process" "Consumed" "Gone"` {
		t.Errorf("the values of a lot are called %s", names)
	}
	unnamed := browsertest.Eval[[]string](t, p, `[...document.querySelectorAll("td")].filter(e => e.checkVisibility() && getComputedStyle(e, "::before").content == "none").map(e => e.outerHTML)`)
	if len(unnamed) > 0 {
		t.Errorf("values without a name: %q", unnamed)
	}
}

// A page of which only the beginning came says so, wherever it was cut.
func TestCutOnTheScreen(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	page := bakery().page(t)
	for _, part := range []int{4, 3, 2} {
		p := open(t, b, page[:len(page)-len(page)/part], desktop)
		if got := visible(t, p, "#cut"); len(got) != 1 || !strings.HasPrefix(got[0], "This page is not complete") {
			t.Errorf("without its last 1/%d it says %q", part, got)
		}
	}
}

func TestPreviewOnTheScreen(t *testing.T) {
	t.Parallel()
	p := open(t, browsertest.Start(t), bakery().asPreview().page(t), phone)
	sound(t, p)
	if got := visible(t, p, ".banner strong"); !slices.Equal(got, []string{"PREVIEW: NOTHING IS HELD YET"}) {
		t.Errorf("banner %q", got)
	}
	inSight := browsertest.Eval[bool](t, p, `document.querySelector(".banner strong").getBoundingClientRect().bottom < window.innerHeight / 2`)
	if !inSight {
		t.Error("one has to scroll to see that it is a preview")
	}
}

var word = regexp.MustCompile(`<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>`)

// On paper: header rows on every page, nothing over the edge, page numbers.
func TestOnPaper(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	s := plant(300, 20, 10)
	p := open(t, b, s.page(t), desktop)
	// A4 and Letter less the margins.
	for _, width := range []int64{695, 717} {
		p.AsPaper(t, width)
		if found := browsertest.Eval[[]string](t, p, overflow); len(found) > 0 {
			t.Errorf("wider than the paper: %q", found)
		}
	}
	for name, paper := range map[string]browsertest.Paper{"A4": browsertest.A4, "Letter": browsertest.Letter} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "packet.pdf")
			if err := os.WriteFile(file, p.PDF(t, paper), 0o644); err != nil {
				t.Fatal(err)
			}
			printed(t, file, paper)
		})
	}
}

// printed looks at a PDF of plant.
func printed(t *testing.T, file string, paper browsertest.Paper) {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("there is no pdftotext here (poppler-utils)")
	}
	pages := strings.Split(strings.TrimSuffix(poppler(t, file, "-layout"), "\f"), "\f")
	if len(pages) < 20 || len(pages) > 80 {
		t.Errorf("%d pages", len(pages))
	}
	for i, page := range pages {
		footer := fmt.Sprintf("Page %d of %d", i+1, len(pages))
		if !strings.Contains(page, footer) || !strings.Contains(page, "Recall Q-2026-014 · read 2026-03-25 17:02 UTC") || !strings.Contains(page, "Recall packet · ACTIVE") {
			t.Errorf("page %d lacks its number, the case or how it stands", i+1)
		}
		rows := strings.Contains(page, "L-00")
		if rows && !strings.Contains(page, "Item and lot") {
			t.Errorf("page %d has rows and no header above them", i+1)
		}
		if strings.Contains(page, "SP-00") && !strings.Contains(page, "Customer number") {
			t.Errorf("page %d has shipments and does not say whose", i+1)
		}
	}
	margin := 13 / 25.4 * 72
	for _, found := range word.FindAllStringSubmatch(poppler(t, file, "-bbox"), -1) {
		left, _ := strconv.ParseFloat(found[1], 64) // the pattern lets nothing else through
		right, _ := strconv.ParseFloat(found[2], 64)
		if left < margin-1 || right > paper.Width*72-margin+1 {
			t.Errorf("%q is printed from %.0f to %.0f on paper that is %.0f wide", found[3], left, right, paper.Width*72)
		}
	}
}

func poppler(t *testing.T, file, option string) string {
	t.Helper()
	out, err := exec.Command("pdftotext", option, file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
