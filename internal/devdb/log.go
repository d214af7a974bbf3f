package devdb

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

const (
	keepLog  = 10 << 20 // a larger log is put aside at the next start
	tailSize = 4 << 10
)

// serverLog is the file postgres writes to, and where this run begins in it.
type serverLog struct {
	file  *os.File
	start int64
}

// openLog appends to the log at path; the one before it is kept as path.1.
func openLog(path string, owner account) (serverLog, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > keepLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return serverLog{}, err
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return serverLog{}, err
	}
	info, err := file.Stat()
	if err == nil {
		err = owner.own(path)
	}
	if err != nil {
		file.Close()
		return serverLog{}, err
	}
	return serverLog{file, info.Size()}, nil
}

// tail is what to put at the end of an error: the last lines of this run.
func (l serverLog) tail() string {
	file, err := os.Open(l.file.Name())
	if err != nil {
		return ""
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	from := max(l.start, info.Size()-tailSize)
	text, _ := io.ReadAll(io.NewSectionReader(file, from, tailSize))
	return fmt.Sprintf("; the end of %s:\n%s", file.Name(), lastLines(text))
}

func lastLines(text []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-15):], []byte("\n"))
}
