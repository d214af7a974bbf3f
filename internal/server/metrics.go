package server

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// It fails only for a name against the rules, which a test of package telemetry
// would find missing.
var refusals, _ = otel.Meter("github.com/lottrail/lottrail/internal/server").Int64Counter("lottrail.rpc.refusals", metric.WithUnit("{call}"),
	metric.WithDescription("Calls that were refused or failed, by the reason that the caller was given."))

// countUnary counts what leaves as an error. Reasons are constants of this program:
// there is a bounded number of them.
func countUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	resp, err := next(ctx, req)
	countRefusal(ctx, err)
	return resp, err
}

func countStream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	err := next(srv, stream)
	countRefusal(stream.Context(), err)
	return err
}

func countRefusal(ctx context.Context, err error) {
	if err != nil {
		refusals.Add(ctx, 1, metric.WithAttributes(attribute.String("reason", reasonOf(status.Convert(err)))))
	}
}

// otherMethod stands for all methods that there are not.
const otherMethod = "/_OTHER"

// knownMethods keeps method names that callers make up out of spans and metrics,
// which would have a series for each.
type knownMethods struct{ stats.Handler }

func (k knownMethods) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	if !isMethod(info.FullMethodName) {
		other := *info
		other.FullMethodName = otherMethod
		info = &other
	}
	return k.Handler.TagRPC(ctx, info)
}

// isMethod says whether /package.Service/Method is in a proto of this program.
func isMethod(path string) bool {
	service, method, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service + "." + method))
	if err != nil {
		return false
	}
	m, ok := found.(protoreflect.MethodDescriptor)
	return ok && path == fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name())
}
