package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/config"
)

// moment is of which moment a trace is asked for, as it was typed; empty for now.
type moment struct{ knownAt, asOf string }

// flags are those that say it. The prefix tells two of them apart.
func (m *moment) flags(flags *pflag.FlagSet, prefix string) {
	flags.StringVar(&m.knownAt, prefix+"known-at", "", "as the records stood at this `moment`: a time (2026-03-25T06:30:00Z) or an index of the log")
	flags.StringVar(&m.asOf, prefix+"as-of", "", "as the goods stood at this `time`: only what had occurred by then")
}

// read reads what was typed.
func (m *moment) read() (*pb.TraceMoment, error) {
	is := &pb.TraceMoment{}
	if m.knownAt != "" {
		if index, err := strconv.ParseInt(m.knownAt, 10, 64); err == nil {
			is.KnownAt = &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: index}}
		} else {
			at, err := readTime(m.knownAt)
			if err != nil {
				return nil, err
			}
			is.KnownAt = &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: at}}
		}
	}
	if m.asOf == "" {
		return is, nil
	}
	var err error
	is.AsOf, err = readTime(m.asOf)
	return is, err
}

func readTime(text string) (*timestamppb.Timestamp, error) {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is no time like 2026-03-25T06:30:00Z", config.ErrInvalid, text)
	}
	return timestamppb.New(at), nil
}
