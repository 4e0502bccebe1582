package clients_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestChromium has a page follow the event stream with EventSource, and talk with
// WebSocket.
func TestChromium(t *testing.T) {
	browser := chromium(t)
	for _, c := range carriers() {
		t.Run(c.name, func(t *testing.T) {
			s := c.service(t)
			p := open(t, browser, s)

			_, err := call[chromedp.Void](p, "follow", "/events")
			require.NoError(t, err)
			replay(t, c, s, p)

			url := strings.Replace(s.url, "http", "ws", 1) + "/ws"
			k, err := call[talk](p, "talk", url, append(numbers(total), farewell))
			require.NoError(t, err)
			k.check(t, s)
			assert.Contains(t, k.Extensions, "permessage-deflate")
		})
	}
}

// A page is an open one of testdata/page.html.
type page struct{ ctx context.Context }

// open opens the page of s until the test ends.
func open(t *testing.T, browser context.Context, s *service) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(func() {
		assert.NoError(t, chromedp.Cancel(ctx))
		cancel()
	})
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(s.url+"/testdata/page.html")))
	return &page{ctx}
}

// call calls a function of the page, waits for its promise, if it returns one, and
// returns the result.
func call[T any](p *page, function string, args ...any) (result T, err error) {
	list, err := json.Marshal(args)
	if err != nil {
		return result, err
	}
	expression := fmt.Sprintf("%s(...%s)", function, list)
	return chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func (p *page) await(_ context.Context, n int) error {
	_, err := call[chromedp.Void](p, "reached", strconv.Itoa(n))
	return err
}

func (p *page) got(context.Context) ([]string, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[[]string]("seen"))
}

// chromium starts the browser that is installed, which ends with the test, and skips the
// test if there is none, or none that starts. What the context is used for is bounded by
// patience.
func chromium(t *testing.T) context.Context {
	t.Helper()
	program := installed()
	if program == "" {
		t.Skip("SKIPPED: neither Chromium nor Chrome is installed")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(program),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("no-proxy-server", true),
	)
	t.Cleanup(stop)
	var failed error
	for range 3 { // now and then it crashes while it starts
		browser, err := start(t, ctx)
		if err == nil {
			return browser
		}
		failed = err
	}
	t.Skipf("SKIPPED: %s does not start: %v", program, failed)
	return nil
}

// start starts a browser that ends with the test, gracefully.
func start(t *testing.T, allocator context.Context) (context.Context, error) {
	t.Helper()
	ctx, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		return nil, err
	}
	t.Cleanup(func() {
		assert.NoError(t, chromedp.Cancel(ctx))
		cancel()
	})
	return ctx, nil
}

// installed returns the path of the browser, "" if there is none.
func installed() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
