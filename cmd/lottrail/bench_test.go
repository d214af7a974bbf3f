package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

// quick are flags with which it takes seconds.
var quick = []string{"--lots=1000", "--duration=10ms", "--rounds=1", "--repeats=1", "--recalls=1", "--clients=1,2", "--tracers=3"}

func TestBench(t *testing.T) {
	t.Parallel()
	profile := filepath.Join(t.TempDir(), "cpu")
	// What the environment names is somebody's database.
	p := launch(t, []string{"DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing", "TMPDIR=" + os.TempDir()}, append([]string{"bench", "--plan", "--cpuprofile=" + profile}, quick...)...)
	if code := p.wait(3 * time.Minute); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	for _, part := range []string{"A plant of 1,000 lots", "whole ÷ query", "Recursive Union", "service ÷ script", "activation ÷ bare"} {
		if !strings.Contains(p.out.String(), part) {
			t.Errorf("no %q", part)
		}
	}
	if !strings.Contains(p.log.String(), "… loading it") || strings.Contains(p.log.String(), "\x1b") {
		t.Errorf("told meanwhile: %s", p.log.String())
	}
	if written, err := os.Stat(profile); err != nil || written.Size() == 0 {
		t.Errorf("profile: %v, %v", written, err)
	}
}

func TestBenchForPrograms(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, append([]string{"bench", "traces", "--json"}, quick...)...)
	if code := p.wait(2 * time.Minute); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	var report struct {
		Traces []struct {
			Lot   string
			Lots  int
			Ratio struct{ Median float64 }
		}
		Postings, Recall any
	}
	if err := json.Unmarshal([]byte(p.out.String()), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Traces) != 2 || report.Traces[0].Lots < 100 || report.Traces[0].Ratio.Median <= 0 || report.Postings != nil || report.Recall != nil {
		t.Errorf("%+v", report)
	}
}

// What a trace takes is seen where service and client are processes of their own.
func TestBenchMemory(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, "bench", "memory", "--json", "--lots=2000", "--reach=0.5")
	if code := p.wait(2 * time.Minute); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	type memory struct{ RestBytes, PeakBytes int64 }
	var report struct {
		Memory struct {
			Lots, Edges, ShipmentLines int
			WholeMs                    float64
			Service, Client            memory
		}
		Traces any
	}
	if err := json.Unmarshal([]byte(p.out.String()), &report); err != nil {
		t.Fatal(err)
	}
	m := report.Memory
	if m.Lots < 1000 || m.Edges < m.Lots || m.ShipmentLines == 0 || m.WholeMs <= 0 || report.Traces != nil {
		t.Errorf("%+v", report)
	}
	for _, of := range []memory{m.Service, m.Client} {
		if of.RestBytes < 1<<20 || of.PeakBytes < of.RestBytes || of.PeakBytes > 1<<30 {
			t.Errorf("memory %+v", of)
		}
	}
}

// The same lots are traced in a database that grows, and that is drawn.
func TestBenchScaling(t *testing.T) {
	t.Parallel()
	plot := filepath.Join(t.TempDir(), "scaling.svg")
	p := launch(t, nil, "bench", "scaling", "--json", "--lots=1000", "--repeats=1", "--plot="+plot)
	if code := p.wait(2 * time.Minute); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	var report struct {
		Scaling struct {
			Sizes []struct {
				Lots   int
				Traces []struct{ Lots, Edges int }
			}
		}
	}
	if err := json.Unmarshal([]byte(p.out.String()), &report); err != nil {
		t.Fatal(err)
	}
	sizes := report.Scaling.Sizes
	if len(sizes) != 2 || sizes[0].Lots != 1000 || sizes[1].Lots != 10_000 || !reflect.DeepEqual(sizes[0].Traces, sizes[1].Traces) || sizes[1].Traces[3].Lots < 100 {
		t.Errorf("%+v", report)
	}
	if drawn, err := os.ReadFile(plot); err != nil || !strings.Contains(string(drawn), "10,000") {
		t.Errorf("drawn: %s, %v", drawn, err)
	}
}

// Ctrl-C leaves nothing running and nothing behind.
func TestBenchInterrupted(t *testing.T) {
	t.Parallel()
	temp := dataDir(t)
	p := launch(t, []string{"TMPDIR=" + temp}, "bench", "--lots=1000", "--duration=1m", "postings")
	p.find(&p.log, `posting receipts`)
	p.signal(syscall.SIGINT)
	if code := p.wait(time.Minute); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if log := p.log.String(); !strings.Contains(log, "lottrail: interrupted") {
		t.Errorf("log %q does not say that it was interrupted", log)
	}
	if left, err := filepath.Glob(filepath.Join(temp, "lottrail-bench-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBenchRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a small plant":        {[]string{"--lots=999"}, exitUsage, "--lots is 999"},
		"a large plant":        {[]string{"--lots=100000000"}, exitUsage, "--lots is 100000000"},
		"no repeats":           {[]string{"--repeats=0"}, exitUsage, "1 at least"},
		"no recalls":           {[]string{"--recalls=0"}, exitUsage, "1 at least"},
		"a day":                {[]string{"--duration=24h"}, exitUsage, "--duration is 24h"},
		"less than nothing":    {[]string{"--reach=-0.1"}, exitUsage, "--reach is -0.1"},
		"too much growth":      {[]string{"scaling", "--growths=5"}, exitUsage, "--growths is 5"},
		"too many tracers":     {[]string{"crowd", "--tracers=1001"}, exitUsage, "--tracers is 1001"},
		"no rounds":            {[]string{"--rounds=0"}, exitUsage, "1 at least"},
		"no time":              {[]string{"--duration=0"}, exitUsage, "--duration"},
		"a crowd":              {[]string{"--clients=1,101"}, exitUsage, "--clients"},
		"too far":              {[]string{"--reach=0.9"}, exitUsage, "--reach is 0.9"},
		"no growth":            {[]string{"--growths=0"}, exitUsage, "--growths is 0"},
		"a plot of nothing":    {[]string{"traces", "--plot=x.svg"}, exitUsage, "--plot"},
		"no tracers":           {[]string{"--tracers=0"}, exitUsage, "--tracers is 0"},
		"nobody":               {[]string{"--clients=0"}, exitUsage, "--clients"},
		"something else":       {[]string{"coffee"}, exitUsage, "coffee"},
		"a database not there": {[]string{"--database-url=postgres://nobody@127.0.0.1:1/nothing"}, exitFailed, "--database-url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, log := runToEnd(t, nil, append([]string{"bench"}, c.args...)...)
			if code != c.code || !strings.Contains(log, c.says) || out != "" {
				t.Errorf("exit code %d, log %q, output %q; want %d and %q", code, log, out, c.code, c.says)
			}
		})
	}
}

// A database with something in it is left as it is.
func TestBenchLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	database := emptyDatabase(t)
	execute(t, database, "CREATE TABLE theirs ()")
	code, _, log := runToEnd(t, nil, "bench", "--database-url="+database)
	if code != exitFailed || !strings.Contains(log, "not empty") {
		t.Errorf("exit code %d, log %q", code, log)
	}
	execute(t, database, `DO $$ BEGIN
		IF (SELECT count(*) FROM pg_tables WHERE schemaname = 'public') <> 1 THEN RAISE 'tables were made'; END IF; END $$`)
}
