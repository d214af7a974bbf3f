// Package model holds the tests that drive the whole service with many callers
// at once and hold every outcome against a plain in-memory model. It has no
// code of its own.
//
// Whatever touches stock is added to the model in the same change: operations
// in operation_test.go, what they do in model_test.go.
package model
