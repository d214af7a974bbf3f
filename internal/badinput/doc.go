// Package badinput holds the tests that send what callers should not send, each
// case over gRPC and over REST: that it is refused with the right code, status
// and reason, that the message names the field and the thing and says what to
// do, and that nothing half done stays behind. It has no code of its own.
//
// A case is a good request, from requests_test.go, with an edit or two, and what
// the refusal has to say. A new RPC is added to the good requests in the same
// change (TestEveryRPC sees to it); what follows from its fields alone (codes
// that hide something, text without end, too many lines, what is missing) is
// then tested without another word. What only it can be told wrongly goes into
// the table of its topic, cases_….
package badinput
