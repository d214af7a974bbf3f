package listing_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// list is a list RPC that takes a filter, asked as anybody would.
type list struct {
	*apitest.API
	method protoreflect.MethodDescriptor
	// base is what else is asked for.
	base proto.Message
}

// lists are all that take a filter, by name.
func lists(a *apitest.API, bases map[string]proto.Message) map[string]list {
	found := map[string]list{}
	protoregistry.GlobalFiles.RangeFilesByPackage(pb.File_lottrail_v1_types_proto.Package(), func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			for j := range file.Services().Get(i).Methods().Len() {
				method := file.Services().Get(i).Methods().Get(j)
				if name := string(method.Name()); method.Input().Fields().ByName("order_by") != nil {
					base := bases[name]
					if base == nil {
						base = dynamicpb.NewMessage(method.Input())
					}
					found[name] = list{a, method, base}
				}
			}
		}
		return true
	})
	return found
}

// page asks for one.
func (l list) page(t testing.TB, filter, by, token string, size int) (rows []proto.Message, next string, err error) {
	t.Helper()
	req := dynamicpb.NewMessage(l.method.Input())
	base, err := proto.Marshal(l.base)
	if err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(base, req); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{"filter": filter, "order_by": by, "page_token": token, "page_size": int32(size)} {
		req.Set(l.method.Input().Fields().ByName(protoreflect.Name(name)), protoreflect.ValueOf(value))
	}
	resp := dynamicpb.NewMessage(l.method.Output())
	if err := l.Conn.Invoke(t.Context(), "/"+string(l.method.Parent().FullName())+"/"+string(l.method.Name()), req, resp); err != nil {
		return nil, "", err
	}
	many := resp.Get(l.rows()).List()
	for i := range many.Len() {
		row, err := proto.Marshal(many.Get(i).Message().Interface())
		if err != nil {
			t.Fatal(err)
		}
		message := l.newRow()
		if err := proto.Unmarshal(row, message); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, message)
	}
	return rows, resp.Get(l.method.Output().Fields().ByName("next_page_token")).String(), nil
}

// rows is the field of the answer with what is listed.
func (l list) rows() protoreflect.FieldDescriptor {
	fields := l.method.Output().Fields()
	for i := range fields.Len() {
		if fields.Get(i).IsList() {
			return fields.Get(i)
		}
	}
	panic(l.method.Name() + " lists nothing")
}

// newRow is a row as the program knows it.
func (l list) newRow() proto.Message {
	known, err := protoregistry.GlobalTypes.FindMessageByName(l.rows().Message().FullName())
	if err != nil {
		panic(err)
	}
	return known.New().Interface()
}

// all is every row, page by page.
func (l list) all(t testing.TB, filter, by string, size int) []proto.Message {
	t.Helper()
	var all []proto.Message
	for token := ""; ; {
		rows, next, err := l.page(t, filter, by, token, size)
		if err != nil {
			t.Fatalf("filter %s, order_by %s: %v", filter, by, err)
		}
		if all = append(all, rows...); next == "" {
			return all
		}
		if len(all) > 10_000 {
			t.Fatalf("filter %s, order_by %s: the pages do not end", filter, by)
		}
		if token = next; len(rows) != size {
			t.Fatalf("filter %s, order_by %s: a page of %d rows before the last, want %d", filter, by, len(rows), size)
		}
	}
}

// columns are the fields that the list says it has when it is asked for another one,
// and which of them it can be ordered by.
func (l list) columns(t *testing.T) (filtered, ordered []column) {
	t.Helper()
	for i, pattern := range []string{`The fields are (.*)$`, `the fields are (.*)$`} {
		_, _, err := l.page(t, []string{"no_such_field = 1", ""}[i], []string{"", "no_such_field"}[i], "", 1)
		reasons := []string{"INVALID_FILTER", "INVALID_ORDER"}
		if got := apitest.Reason(err); got != reasons[i] {
			t.Fatalf("an unknown field: %v, want %s", err, reasons[i])
		}
		names := regexp.MustCompile(pattern).FindStringSubmatch(violation(err))
		if names == nil {
			t.Fatalf("%v names no fields", err)
		}
		for _, name := range strings.Split(names[1], ", ") {
			c, found := columnOf(l.newRow().ProtoReflect().Descriptor(), name)
			if !found {
				t.Errorf("%s is no field of %s", name, l.newRow().ProtoReflect().Descriptor().Name())
				continue
			}
			if i == 0 {
				filtered = append(filtered, c)
			} else {
				ordered = append(ordered, c)
			}
		}
	}
	return filtered, ordered
}

func violation(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			return bad.FieldViolations[0].Description
		}
	}
	return ""
}

// TestListsAgreeWithMemory asks every list that takes a filter for random ones, in random
// orders, in pages of random sizes, and holds what comes against its rows, filtered and
// sorted here.
func TestListsAgreeWithMemory(t *testing.T) {
	t.Parallel()
	a, bases := newHouse(t)
	all := lists(a, bases)
	for name, base := range map[string]proto.Message{
		"ListLocationContents as known": &pb.ListLocationContentsRequest{
			LocationCode: apitest.Site, KnownAt: &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: a.Sealed(t) - 9}},
		},
		"LocateLot as known":            &pb.LocateLotRequest{Sku: cod, LotCode: "K", KnownAt: &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: a.Sealed(t) - 9}}},
		"ListReservations of a lot":     &pb.ListReservationsRequest{Sku: cod, LotCode: "K"},
		"ListReservations for an order": &pb.ListReservationsRequest{SalesOrderCode: "so"},
		"ListShrink by location":        &pb.ListShrinkRequest{GroupBy: pb.ShrinkGroupBy_SHRINK_GROUP_BY_LOCATION},
		"ListLots of an item":           &pb.ListLotsRequest{Sku: "OIL", OnHandOnly: true},
	} {
		rpc, _, _ := strings.Cut(name, " ")
		all[name] = list{a, all[rpc].method, base}
	}
	for name, l := range all {
		t.Run(name, func(t *testing.T) {
			filtered, ordered := l.columns(t)
			rows := l.all(t, "", "", 1000)
			if len(rows) < 3 {
				t.Fatalf("only %d rows to look at", len(rows))
			}
			rapid.Check(t, func(r *rapid.T) {
				filter := asked{"", func(proto.Message) bool { return true }}
				if rapid.IntRange(0, 4).Draw(r, "filtered") > 0 {
					filter = drawFilter(r, filtered, rows, 3)
				}
				var by []sorted
				var parts []string
				for range rapid.IntRange(0, 3).Draw(r, "ordered by") {
					s := sorted{rapid.SampledFrom(ordered).Draw(r, "order"), rapid.Bool().Draw(r, "desc")}
					if slices.ContainsFunc(by, func(b sorted) bool { return b.name == s.name }) {
						continue
					}
					by, parts = append(by, s), append(parts, s.name+map[bool]string{true: " desc"}[s.desc])
				}
				want := slices.DeleteFunc(inOrder(rows, by), func(m proto.Message) bool { return !filter.holds(m) })
				got := l.all(t, filter.text, strings.Join(parts, ", "), rapid.SampledFrom([]int{1, 2, 3, 7, 1000}).Draw(r, "page size"))
				if g, w := show(got), show(want); g != w {
					r.Fatalf("filter %s, order_by %s\n%s\nwant\n%s", filter.text, strings.Join(parts, ", "), g, w)
				}
			})
		})
	}
}

func show(rows []proto.Message) string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = fmt.Sprint(row)
	}
	return strings.Join(lines, "\n")
}
