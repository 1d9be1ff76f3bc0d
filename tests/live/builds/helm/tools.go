//go:build tools

// Package tools names the program that the tests run, so that go.mod pins what it needs.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
