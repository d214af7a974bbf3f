// Command protodeps writes the third-party .proto files that Lottrail's own
// protos import into a directory.
//
// They are not copied into the repository and not fetched from a schema
// registry: every one of them is already compiled into a Go module that this
// program links, so printing the linked descriptors gives the very schema that
// the generated code will run with, at a version that go.sum pins. Comments are
// lost on the way (descriptors do not carry them); nothing reads them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jhump/protoreflect/v2/protoprint"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	// Linked for their descriptors only.
	_ "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	_ "github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-openapiv2/options"
	_ "google.golang.org/genproto/googleapis/api/annotations"
	_ "google.golang.org/genproto/googleapis/api/httpbody"
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	_ "google.golang.org/genproto/googleapis/rpc/status"
)

// roots are the files that Lottrail's protos may import; what these import in
// turn is written too. The well-known types are built into buf.
var roots = []string{
	"buf/validate/validate.proto",
	"google/api/annotations.proto",
	"google/api/field_behavior.proto",
	"google/api/httpbody.proto",
	"google/api/resource.proto",
	"google/rpc/error_details.proto",
	"google/rpc/status.proto",
	"protoc-gen-openapiv2/options/annotations.proto",
}

func main() {
	out := flag.String("out", "", "directory to write to; what it held before is removed")
	flag.Parse()
	if *out == "" {
		fmt.Fprintln(os.Stderr, "usage: protodeps -out DIR")
		os.Exit(2)
	}
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "protodeps:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	files := map[string]protoreflect.FileDescriptor{}
	for _, path := range roots {
		fd, err := protoregistry.GlobalFiles.FindFileByPath(path)
		if err != nil {
			return fmt.Errorf("%s is not linked into this program: %w", path, err)
		}
		collect(fd, files)
	}

	// Written afresh, so that a file that is no longer wanted does not linger and
	// keep an import alive that a clean checkout would not have.
	if err := os.RemoveAll(out); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var printer protoprint.Printer
	for path, fd := range files {
		text, err := printer.PrintProtoToString(fd)
		if err != nil {
			return fmt.Errorf("print %s: %w", path, err)
		}
		name := filepath.Join(out, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("protodeps: %d files in %s\n", len(files), out)
	return nil
}

// collect adds fd and everything it imports, except what buf has built in.
func collect(fd protoreflect.FileDescriptor, into map[string]protoreflect.FileDescriptor) {
	if strings.HasPrefix(fd.Path(), "google/protobuf/") || into[fd.Path()] != nil {
		return
	}
	into[fd.Path()] = fd
	imports := fd.Imports()
	for i := range imports.Len() {
		collect(imports.Get(i).FileDescriptor, into)
	}
}
