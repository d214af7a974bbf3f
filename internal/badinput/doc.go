// Package badinput holds the tests that send what callers should not send, each
// case over gRPC and over REST: that it is refused with the right code, status
// and reason, that the message names the field and the thing and says what to
// do, and that nothing half done stays behind. It has no code of its own.
//
// A new RPC is added to goodRequests in requests_test.go in the same change;
// what can be derived from its fields (unknown fields, text without end, too many
// lines, …) is then tested without another word. What only it can be told wrongly
// goes into the table of its topic.
package badinput
