package badinput_test

import (
	"fmt"
	"strings"
)

// quoted is a value as messages show it: what cannot be seen can be.
func quoted(value string) string { return fmt.Sprintf("%q", value) }

// megabyte is a text that nothing takes.
var megabyte = strings.Repeat("x", 1_000_000)
