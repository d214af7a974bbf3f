// Package browsertest opens a page in a headless Chromium, as whoever gets it
// would, and tells what there is to see. A test that needs one is skipped, and
// says so, where there is none; .ci/run installs it.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// timeout is for a page, however slow the machine is.
const timeout = 2 * time.Minute

// find returns the Chromium of LOTTRAIL_CHROMIUM, or one in PATH.
func find() string {
	for _, name := range []string{os.Getenv("LOTTRAIL_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Browser is a running Chromium with a profile of its own.
type Browser struct{ ctx context.Context }

// Start starts a Chromium that ends with the test.
func Start(t testing.TB) *Browser {
	t.Helper()
	path := find()
	if path == "" {
		t.Skip("there is no Chromium here (chromium, chromium-browser or google-chrome in PATH, or LOTTRAIL_CHROMIUM)")
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
	)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		// Its end has to come before its profile is removed.
		_ = chromedp.Cancel(ctx) // there may be nothing left to end
		cancel()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return &Browser{ctx}
}

// Screen is what a page is looked at on.
type Screen struct {
	Width, Height int64
	Phone         bool
}

// Page is a page in a tab of its own.
type Page struct {
	ctx context.Context

	mu       sync.Mutex
	requests []string
	console  []string
}

// Open opens a URL, and returns once it has arrived.
func (b *Browser) Open(t testing.TB, url string, screen Screen) *Page {
	t.Helper()
	tab, closeTab := chromedp.NewContext(b.ctx)
	t.Cleanup(closeTab)
	p := &Page{ctx: tab}
	if err := chromedp.Listen(tab, p.listen); err != nil {
		t.Fatalf("a tab: %v", err)
	}
	call(t, p, network.Enable, network.EnableParams{})
	call(t, p, log.Enable, cdp.Empty{})
	call(t, p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: screen.Width, Height: screen.Height, DeviceScaleFactor: 1, Mobile: screen.Phone,
	})
	do(t, p, "opening "+url, chromedp.Navigate(url))
	return p
}

// do carries out an action in a page.
func do[T any](t testing.TB, p *Page, what string, action chromedp.Action[T]) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return result
}

// call sends a command of the DevTools protocol.
func call[P, R any](t testing.TB, p *Page, command cdp.Command[P, R], params P) R {
	t.Helper()
	return do(t, p, command.Method, func(ctx context.Context, _ *chromedp.Target) (R, error) {
		return chromedp.Call(ctx, command, params)
	})
}

func (p *Page) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventConsoleAPICalled:
		for _, arg := range e.Args {
			p.console = append(p.console, string(arg.Value))
		}
	case *runtime.EventExceptionThrown:
		p.console = append(p.console, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		p.console = append(p.console, e.Entry.Text)
	}
}

// Requests are the URLs that were asked for, the page's own first.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Console is what the page, or the browser about it, had to say: nothing, if all
// is well.
func (p *Page) Console() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.console)
}

// Eval evaluates an expression of JavaScript in the page.
func Eval[T any](t testing.TB, p *Page, expression string) T {
	t.Helper()
	return do(t, p, expression, chromedp.Evaluate[T](expression))
}

// AsPaper has the page look as it does when printed, on paper so many pixels (of
// 1/96 inch) wide between the margins.
func (p *Page) AsPaper(t testing.TB, width int64) {
	t.Helper()
	call(t, p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	call(t, p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 1000, DeviceScaleFactor: 1})
}

// Paper is a size of paper, in inches.
type Paper struct{ Width, Height float64 }

// The sizes that the world prints on.
var (
	A4     = Paper{8.27, 11.69}
	Letter = Paper{8.5, 11}
)

// PDF prints the page as a browser does unless told otherwise: no backgrounds, and
// the margins that the page asks for.
func (p *Page) PDF(t testing.TB, paper Paper) []byte {
	t.Helper()
	return call(t, p, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: paper.Width, PaperHeight: paper.Height}).Data
}

// Screenshot is the whole page as a PNG, for whoever wants to look.
func (p *Page) Screenshot(t testing.TB) []byte {
	t.Helper()
	return do(t, p, "taking a picture", chromedp.FullScreenshot(100))
}
