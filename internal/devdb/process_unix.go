//go:build unix && !linux

package devdb

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// signalOnDeath has no counterpart here: what a killed process leaves running
// is stopped by the next Start that comes across it.
func signalOnDeath(*syscall.SysProcAttr, syscall.Signal) {}

// commandLine is how a process was called, empty if it is gone.
func commandLine(pid int) string {
	text, _ := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return strings.TrimSpace(string(text)) + " "
}
