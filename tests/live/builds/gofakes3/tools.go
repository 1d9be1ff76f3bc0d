//go:build tools

// Package tools names the program that the tests run, so that go.mod pins what it needs.
package tools

import _ "github.com/johannesboyne/gofakes3/cmd/gofakes3"
