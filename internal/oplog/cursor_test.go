package oplog_test

import (
	"encoding/base64"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/oplog"
)

var logKey = [16]byte{1, 2, 3, 250, 251, 252}

func cursors() []oplog.Cursor {
	now := time.Date(2026, 3, 25, 6, 7, 8, 123456000, time.UTC)
	return []oplog.Cursor{
		oplog.NewCursor(logKey, 0, time.UnixMicro(0)),
		oplog.NewCursor(logKey, 1, now),
		oplog.NewCursor(logKey, math.MaxInt64, now),
		oplog.NewCursor(logKey, 7, now).Within(1, math.MaxInt64, 0),
		oplog.NewCursor(logKey, 7, now).Within(4, 1000, math.MaxInt32),
	}
}

// A cursor comes back as it went, and always fits into its field.
func TestCursorsComeBack(t *testing.T) {
	t.Parallel()
	for _, c := range cursors() {
		text := c.String()
		if back, err := oplog.ParseCursor(text); err != nil || back != c {
			t.Errorf("%+v: got %+v, %v", c, back, err)
		}
		if len(text) > 120 {
			t.Errorf("%d characters: %s", len(text), text)
		}
	}
	if c, err := oplog.ParseCursor(""); err != nil || c != (oplog.Cursor{}) {
		t.Errorf("nothing is %+v, %v", c, err)
	}
}

// Whatever is changed on the way, even a single bit, is noticed.
func TestChangedCursorsAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range cursors() {
		text := c.String()
		bad := []string{text + "A", text[1:], text[:len(text)-1], " " + text, text + "=", strings.ToLower(text), text + text, "x", "1", "%%%", "🥐", strings.Repeat("A", len(text))}
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			for bit := range 8 {
				changed := append([]byte(nil), raw...)
				changed[i] ^= 1 << bit
				bad = append(bad, base64.RawURLEncoding.EncodeToString(changed))
			}
			bad = append(bad, base64.RawURLEncoding.EncodeToString(raw[:i]))
		}
		for _, text := range bad {
			if text == "" {
				continue // the beginning
			}
			if got, err := oplog.ParseCursor(text); errs.Reason(err) != "BAD_CURSOR" {
				t.Errorf("%q: %+v, %v", text, got, err)
			}
		}
	}
}
