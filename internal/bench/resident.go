package bench

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
)

// residence is how much of the machine's memory a process has, and has had at most.
type residence struct{ Now, Peak int64 } // bytes

var residentLine = regexp.MustCompile(`(?m)^(VmRSS|VmHWM):\s+(\d+) kB$`)

// resident asks the kernel, which only Linux answers.
func resident(pid int) (residence, error) {
	var r residence
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return r, fmt.Errorf("how much memory a process has can be seen on Linux only: %w", err)
	}
	for _, line := range residentLine.FindAllSubmatch(status, -1) {
		kib, err := strconv.ParseInt(string(line[2]), 10, 64)
		if err != nil {
			return r, err
		}
		if string(line[1]) == "VmRSS" {
			r.Now = kib << 10
		} else {
			r.Peak = kib << 10
		}
	}
	if r.Now == 0 || r.Peak == 0 {
		return r, fmt.Errorf("process %d does not say how much memory it has", pid)
	}
	return r, nil
}

// forgetPeak lets the peak of a process begin anew.
func forgetPeak(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0o200)
}
