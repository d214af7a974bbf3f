// Package model holds the tests that drive the whole service with many callers
// at once and hold every outcome against a plain in-memory model. It has no
// code of its own.
//
// Whatever touches stock is added to the model in the same change, as a kind of step in
// a file of its own: how one is drawn, what it does to the model, how it is sent. It has
// its line in step_test.go, and is played where a theme in theme_test.go names it.
package model
