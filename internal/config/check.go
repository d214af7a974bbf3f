package config

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sys/unix"
)

// invalid is what Resolve refuses: everything at once, so that nobody has to
// start over and over.
type invalid struct{ error }

func (invalid) Is(target error) bool { return target == ErrInvalid }

func (e invalid) Unwrap() error { return e.error }

func sorted(wrong []error) error {
	wrong = slices.DeleteFunc(wrong, func(err error) bool { return err == nil })
	if len(wrong) == 0 {
		return nil
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return invalid{errors.Join(wrong...)}
}

func checkAddress(address string) error {
	const example = "give host:port, such as 127.0.0.1:7070, or :7070 for every address of this machine"
	_, port, err := net.SplitHostPort(address)
	var malformed *net.AddrError
	if errors.As(err, &malformed) {
		return fmt.Errorf("%q: %s: %s", address, malformed.Err, example)
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, example)
	}
	if number, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q has the port %q, which is no number from 0 to 65535: %s", address, port, example)
	} else if strconv.FormatUint(number, 10) != port {
		return fmt.Errorf("%q has the port %q: write it without leading zeros", address, port)
	}
	return nil
}

// checkApart refuses two listeners that cannot be had at once.
func checkApart(grpc, http string) error {
	grpcHost, grpcPort, _ := net.SplitHostPort(grpc)
	httpHost, httpPort, _ := net.SplitHostPort(http)
	if grpcPort != httpPort || grpcPort == "0" || grpcPort == "" {
		return nil
	}
	if grpcHost == httpHost || anyHost(grpcHost) || anyHost(httpHost) {
		return fmt.Errorf("--grpc-listen (%s) and --http-listen (%s) are both port %s: gRPC and REST need a port each; change one of them",
			variable("grpc-listen"), variable("http-listen"), grpcPort)
	}
	return nil
}

func anyHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

func checkTimeout(timeout time.Duration) error {
	if timeout < 0 {
		return fmt.Errorf("%v is negative; give a duration such as 10s, or 0 to cut everything at once", timeout)
	}
	return nil
}

// checkWindow refuses what would be shorter than a call and the difference of clocks.
func checkWindow(window time.Duration) error {
	if window != 0 && window < time.Minute {
		return fmt.Errorf("%v is too short: whatever says when it happened is a little old when it comes; give a minute at least, such as 744h for 31 days, or 0 for no limit", window)
	}
	return nil
}

// checkDatabaseURL never repeats the URL, which has a password in it.
func checkDatabaseURL(url string) error {
	if url == "" {
		return nil
	}
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return errors.New("does not begin with postgres://; give postgres://user:password@host:5432/database")
	}
	if _, err := pgxpool.ParseConfig(url); err != nil {
		return fmt.Errorf("%w; give postgres://user:password@host:5432/database, with special characters in the password percent-encoded", err)
	}
	return nil
}

func checkConnections(n int32) error {
	if n < 2 || n > 1000 {
		return fmt.Errorf("%d: give a number from 2 to 1000, and no more than max_connections of the database allows", n)
	}
	return nil
}

// checkDataDir looks at the directory, or at where it is to be made. Whether
// PostgreSQL can work in it is for the private database to find out.
func (c *Config) checkDataDir() error {
	if c.DatabaseURL != "" {
		return nil // not used
	}
	if c.DataDir == "" {
		return errors.New("there is no home directory to put it in; give a directory, or the URL of a database with --database-url")
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return err
	}
	c.DataDir = dir
	for {
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, os.ErrNotExist) && dir != "/":
			dir = filepath.Dir(dir)
			continue
		case errors.Is(err, unix.ENOTDIR):
			return fmt.Errorf("%s leads through a file; choose another directory", c.DataDir)
		case err != nil:
			return fmt.Errorf("%w; choose another directory", err)
		case !info.IsDir():
			return fmt.Errorf("%s is a file; choose another directory", dir)
		case unix.Access(dir, unix.W_OK|unix.X_OK) != nil:
			return fmt.Errorf("%s may not be written to by this user; choose another directory, or run as its owner", dir)
		}
		return nil
	}
}

func checkOneOf(value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", value, strings.Join(allowed, ", "))
}
