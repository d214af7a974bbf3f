package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// startLog tells people how far the start is, each message once and without its
// attributes. Once started it is silent but for warnings, which are told whole at
// any time.
type startLog struct {
	slog.Handler // for warnings
	out          io.Writer

	mu   sync.Mutex
	told map[string]bool
	over bool
}

func newStartLog(out io.Writer) *startLog {
	return &startLog{
		Handler: slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn}),
		out:     out,
		told:    map[string]bool{},
	}
}

// Enabled implements slog.Handler.
func (l *startLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements slog.Handler.
func (l *startLog) Handle(ctx context.Context, record slog.Record) error {
	if record.Level >= slog.LevelWarn {
		return l.Handler.Handle(ctx, record)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over || l.told[record.Message] {
		return nil
	}
	l.told[record.Message] = true
	_, err := fmt.Fprintln(l.out, "…", record.Message)
	return err
}

// started ends the telling.
func (l *startLog) started() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
}
