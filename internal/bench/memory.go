package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"time"

	"github.com/lottrail/lottrail/internal/bench/plant"
)

// ReaderCommand is the command of the program with which a client in a process of its
// own is started (see Read).
const ReaderCommand = "bench-reader"

// memory traces the hot lot with service and client in processes of their own, and sees
// how much more of the machine's memory each took at most than at rest.
func (b *bench) memory(ctx context.Context) (*MemoryFigures, error) {
	b.progress.Step("starting a service of its own")
	server, address, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	defer server.stop()
	b.progress.Step("tracing the hot lot, client and service in processes of their own")
	// Once more than the first time: then there are connections, and plans.
	for range 3 {
		if _, err := b.read(ctx, address, int(b.work.Typical)); err != nil {
			return nil, err
		}
	}
	rest, err := resident(server.cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	if err := forgetPeak(server.cmd.Process.Pid); err != nil {
		return nil, err
	}
	r, err := b.read(ctx, address, int(b.work.Hot))
	if err != nil {
		return nil, err
	}
	after, err := resident(server.cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	if r.Lots != b.work.HotReach {
		return nil, fmt.Errorf("the client was sent %d lots, and the hot lot reaches %d", r.Lots, b.work.HotReach)
	}
	return &MemoryFigures{
		Lots: r.Lots, Edges: r.Edges, Shipments: r.Shipments, Whole: r.Whole,
		Service: Memory{Rest: rest.Now, Peak: after.Peak}, Client: r.Memory,
	}, nil
}

// process is a process that was started.
type process struct {
	cmd *exec.Cmd
	log bytes.Buffer
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt) // it may be over
	_ = p.cmd.Wait()                       // what it ended with is of no interest any more
}

var serving = regexp.MustCompile(`gRPC\s+(\S+)`)

// serve starts the service on the database in a process of its own.
func (b *bench) serve(ctx context.Context) (p *process, address string, err error) {
	p = &process{cmd: exec.CommandContext(ctx, b.Program, "serve", "--database-url", b.Database, "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--log-level", "warn")}
	p.cmd.Stderr = &p.log
	p.cmd.WaitDelay = 10 * time.Second
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, "", err
	}
	told := bufio.NewScanner(out)
	for told.Scan() {
		if match := serving.FindStringSubmatch(told.Text()); match != nil {
			go func() {
				for told.Scan() { // whatever else it says
				}
			}()
			return p, match[1], nil
		}
	}
	p.stop()
	return nil, "", fmt.Errorf("%s serve ended: %s", b.Program, p.log.String())
}

// read traces a lot forward in a process of its own.
func (b *bench) read(ctx context.Context, address string, lot int) (*ReaderFigures, error) {
	var out, log bytes.Buffer
	cmd := exec.CommandContext(ctx, b.Program, ReaderCommand, address,
		b.work.SKU(int(b.work.Typical)), plant.LotCode(int(b.work.Typical)), b.work.SKU(lot), plant.LotCode(lot))
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(context.Cause(ctx), fmt.Errorf("the client: %w: %s", err, log.String()))
	}
	r := &ReaderFigures{}
	return r, json.Unmarshal(out.Bytes(), r)
}
