// Command apiextensions-oracle judges custom resources by the code of the Kubernetes API server.
//
// It reads JSON values from standard input, one a line, and answers each with one line:
//
//	{"crd": {...}, "check": true}                         the definition that later objects are of
//	{"version": "v1", "object": {...}}                    a create of the object
//	{"version": "v1", "object": {...}, "old": {...}}      an update of the old object to the new one
//
// An answer has the errors of the API server and, apart from them, the paths of unknown and of
// duplicate fields, which a request with strict field validation is refused for. The errors are
// those that are left when the unknown fields are dropped. "stored": true in a request asks for
// the object with its defaults.
//
//	{"errors": [{"type": "FieldValueInvalid", "field": "spec.x[0]", "detail": "..."}],
//	 "unknown": ["spec.foo"], "duplicate": []}
//
// The errors of a definition are those that the API server refuses it for; they are only looked
// for where "check" is true, since that takes most of the time. A definition that can be served in
// spite of them is served. What cannot be read as JSON is answered by "failure".
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/klog/v2"
)

// A request is one line of the input: a definition or an object.
type request struct {
	CRD     json.RawMessage `json:"crd"`
	Check   bool            `json:"check"`
	Version string          `json:"version"`
	Object  json.RawMessage `json:"object"`
	Old     json.RawMessage `json:"old"`
	Stored  bool            `json:"stored"`
}

// A fault is one error of the API server, in the words of its responses.
type fault struct {
	Type   string `json:"type"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// An answer is one line of the output.
type answer struct {
	Errors    []fault        `json:"errors"`
	Unknown   []string       `json:"unknown"`
	Duplicate []string       `json:"duplicate"`
	Stored    map[string]any `json:"stored,omitempty"`
	Failure   string         `json:"failure,omitempty"`
}

func main() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers each line of the input, and flushes whenever no further line waits.
func serve(input io.Reader, output io.Writer) error {
	reader := bufio.NewReaderSize(input, 1<<20)
	writer := bufio.NewWriterSize(output, 1<<20)
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	var served definition
	for {
		line, err := reader.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := encoder.Encode(reply(&served, line)); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return writer.Flush()
		}
		if err != nil {
			return err
		}
		if reader.Buffered() == 0 {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
	}
}

// reply answers one line. A panic of the API server's code is a failure, as it is a response of
// status 500 there.
func reply(served *definition, line []byte) (result answer) {
	defer func() {
		if cause := recover(); cause != nil {
			result = answer{Failure: fmt.Sprint(cause)}
		}
		if result.Errors == nil {
			result.Errors = []fault{}
		}
		if result.Unknown == nil {
			result.Unknown = []string{}
		}
		if result.Duplicate == nil {
			result.Duplicate = []string{}
		}
	}()
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Failure: err.Error()}
	}
	if len(asked.CRD) > 0 {
		*served, result = define(asked.CRD, asked.Check)
		return result
	}
	resource, ok := served.versions[asked.Version]
	if !ok {
		return answer{Failure: fmt.Sprintf("version %q is not served", asked.Version)}
	}
	if len(asked.Old) > 0 {
		return resource.update(asked.Object, asked.Old, asked.Stored)
	}
	return resource.create(asked.Object, asked.Stored)
}
