package listing_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/listing"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// boxes is a list of everything.
var boxes = listing.List{
	Fields: []listing.Field{
		{Name: "code", Column: "code", Type: listing.Text},
		{Name: "owner.code", Column: "owner", Type: listing.Text, Optional: true},
		{Name: "packed", Column: "packed", Type: listing.Date, Optional: true},
		{Name: "seen", Column: "seen", Type: listing.Moment},
		{Name: "weight", Column: "gross - tare", Type: listing.Number, Optional: true},
		{Name: "pieces", Column: "pieces", Type: listing.Number},
		{Name: "open", Column: "open", Type: listing.Boolean},
		{Name: "state", Column: "state", Type: listing.Enum, Values: map[string]string{"STATE_NEW": "new", "STATE_OLD": "old"}},
	},
	Key: []listing.Term{{Field: listing.Field{Column: "seen", Type: listing.Moment}, Desc: true}, {Field: listing.Field{Column: "box_id", Type: listing.Number}, Desc: true}},
}

func TestFilters(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		"( (pieces=1 \n) ) AND (open = true )":      `(((pieces) = $1::numeric) AND ((open) = $2::boolean)) [1 true]`,
		`code = "A"`:                                `((code COLLATE "C") = $1::text) [A]`,
		` code="A" `:                                `((code COLLATE "C") = $1::text) [A]`,
		"code\n=\t'A'":                              `((code COLLATE "C") = $1::text) [A]`,
		`code > 'it\'s "x" \\ é🥐%'`:                 `((code COLLATE "C") > $1::text) [it's "x" \ é🥐%]`,
		`code = "\xff\u00e9"`:                       `((code COLLATE "C") = $1::text) [ÿé]`,
		`pieces = (1)`:                              `((pieces) = $1::numeric) [1]`,
		`code = "'; DROP TABLE lot; --"`:            `((code COLLATE "C") = $1::text) ['; DROP TABLE lot; --]`,
		`owner.code != ""`:                          `((coalesce(owner, '') COLLATE "C") <> $1::text) []`,
		`owner.code:*`:                              `((coalesce(owner, '') COLLATE "C") <> '')`,
		`code:"1*"`:                                 `(strpos((code COLLATE "C"), $1::text) > 0) [1*]`,
		`packed < "2026-04-01"`:                     `((packed) IS NOT NULL AND (packed) < $1::date) [2026-04-01]`,
		`packed != "2026-04-01"`:                    `((packed) IS NULL OR (packed) <> $1::date) [2026-04-01]`,
		`packed:*`:                                  `((packed) IS NOT NULL)`,
		`NOT packed:*`:                              `(NOT ((packed) IS NOT NULL))`,
		`-packed:*`:                                 `(NOT ((packed) IS NOT NULL))`,
		`seen >= "2026-03-25T08:00:00.5+02:00"`:     `((seen) >= $1::timestamptz) [2026-03-25T06:00:00.5Z]`,
		`weight <= 12.50`:                           `((gross - tare) IS NOT NULL AND (gross - tare) <= $1::numeric) [12.50]`,
		`weight = -0.1`:                             `((gross - tare) IS NOT NULL AND (gross - tare) = $1::numeric) [-0.1]`,
		`pieces = 9007199254740993.000000001`:       `((pieces) = $1::numeric) [9007199254740993.000000001]`,
		`pieces = "12345678901234567890"`:           `((pieces) = $1::numeric) [12345678901234567890]`,
		`pieces = 010`:                              `((pieces) = $1::numeric) [010]`,
		`open = true`:                               `((open) = $1::boolean) [true]`,
		`state = STATE_NEW`:                         `((state) = $1::text) [new]`,
		`state != "STATE_OLD"`:                      `((state) <> $1::text) [old]`,
		`pieces = 1 AND pieces = 2 OR pieces = 3`:   `(((pieces) = $1::numeric) AND (((pieces) = $2::numeric) OR ((pieces) = $3::numeric))) [1 2 3]`,
		`(pieces = 1 AND pieces = 2) OR pieces = 3`: `((((pieces) = $1::numeric) AND ((pieces) = $2::numeric)) OR ((pieces) = $3::numeric)) [1 2 3]`,
		`pieces=1 AND NOT (pieces=2 OR pieces=3)`:   `(((pieces) = $1::numeric) AND (NOT (((pieces) = $2::numeric) OR ((pieces) = $3::numeric)))) [1 2 3]`,
	} {
		got, values, err := boxes.Condition(filter)
		for i, v := range values {
			got += map[bool]string{true: " [", false: " "}[i == 0] + v.(string)
		}
		if len(values) > 0 {
			got += "]"
		}
		if err != nil || got != want {
			t.Errorf("%s\n  %s, %v\nwant\n  %s", filter, got, err, want)
		}
	}
}

func TestFiltersRefused(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		`colour = "red"`:                     `at character 1: there is no field "colour"`,
		`  colour = "red"`:                   `at character 3: there is no field "colour"`,
		`owner = "A"`:                        `at character 1: there is no field "owner"`,
		`code.x = "A"`:                       `at character 1: there is no field "code.x"`,
		`code = "é" AND x = 1`:               `at character 16: there is no field "x"`,
		`code = A`:                           `at character 8: code cannot be compared with "A": it is compared with a text in quotes, such as "A-1"`,
		`code = 1`:                           `at character 8: code cannot be compared with "1": it is compared with a text in quotes`,
		`code = pieces`:                      `at character 8: code cannot be compared with "pieces"`,
		`code = "a\000b"`:                    `at character 8: code cannot be compared with "a\x00b": the text is not UTF-8`,
		`packed = "31.3.2026"`:               `at character 10: packed cannot be compared with "31.3.2026": it is compared with a day that exists, such as "2026-03-25"`,
		`packed = "2026-02-31"`:              `a day that exists`,
		`packed = "0000-01-01"`:              `a day that exists`,
		`packed < 2026-04-01`:                `at character 14: "-04-01" was not expected; strings stand in quotes`,
		`packed = null`:                      `it is compared with a text in quotes`,
		`seen = "2026-03-25"`:                `it is compared with a moment in the form of RFC 3339`,
		`seen = "9999-12-31T23:59:59-01:00"`: `RFC 3339`,
		`weight = many`:                      `it is compared with a number`,
		`weight = "1e5"`:                     `it is compared with a decimal number`,
		`weight = 0x10`:                      `it is compared with a decimal number`,
		`weight = 0.0000000001`:              `9 after the point`,
		`weight = 99999999999999999999`:      `at character 10: "99999999999999999999" was not expected`,
		`open = "true"`:                      `it is compared with true or false`,
		`open > true`:                        `open is compared by = and != only`,
		`open`:                               `at character 1: a comparison is expected, such as code = …`,
		`"A"`:                                `at character 1: a comparison is expected`,
		`state = STATE_GONE`:                 `it is one of STATE_NEW, STATE_OLD`,
		`state = new`:                        `it is one of STATE_NEW, STATE_OLD`,
		`state < STATE_NEW`:                  `state is compared by = and != only`,
		`state:"N"`:                          `: is for state:*`,
		`"code" = "A"`:                       `at character 1: the name of a field is expected in front of =`,
		`1 = pieces`:                         `at character 1: the name of a field is expected in front of =`,
		`code = lower("A")`:                  `at character 8: a value is expected behind =`,
		`pg_sleep(5)`:                        `there is no function "pg_sleep"`,
		`AND((pieces=1))`:                    `there is no function "AND"`,
		`OR()`:                               `there is no function "OR"`,
		`pieces=1 pieces=2`:                  `at character 10: comparisons are joined by AND or OR`,
		`(pieces = 1`:                        `at character 12: something is missing at the end`,
		`pieces = 1)`:                        `at character 11: ")" was not expected`,
		`pieces =`:                           `something is missing at the end`,
		`pieces = 1 AND`:                     `at character 11: "AND" was not expected`,
		`pieces = 1 and open = true`:         `at character 12: comparisons are joined by AND or OR`,
		`code = "A`:                          `at character 8: the string that begins here has no end`,
		`; DROP TABLE lot`:                   `at character 3: comparisons are joined by AND or OR`,
		strings.Repeat("(", 21) + "pieces=1" + strings.Repeat(")", 21): `at character 21: more than 20 parentheses are open here`,
		"pieces=1" + strings.Repeat(" OR pieces=1", 50):                `this is comparison 51, and there may be 50`,
	} {
		got, _, err := boxes.Condition(filter)
		var refusal *errs.Error
		if !errors.As(err, &refusal) || refusal.Reason != "INVALID_FILTER" || refusal.Kind != errs.KindInvalidArgument || refusal.Violations[0].Path != "filter" {
			t.Errorf("%s: %s, %v; want INVALID_FILTER", filter, got, err)
			continue
		}
		for _, part := range []string{want, "The fields are code, owner.code, packed, seen, weight, pieces, open, state"} {
			if !strings.Contains(refusal.Message, part) {
				t.Errorf("%s\n  %s\nwant\n  %s", filter, refusal.Message, part)
			}
		}
	}
}

const query = "-- name: BoxList :many\nSELECT *\nFROM box\nWHERE tenant_id = $1\nORDER BY seen\nLIMIT $2\n"

func value(s string) *string { return &s }

func TestAround(t *testing.T) {
	t.Parallel()
	got, values, err := boxes.Around(`open = true`, "packed desc, code", []*string{value("2026-03-25"), value("A"), value("2026-03-25T08:00:00Z"), value("7")}, query, 1, 101)
	want := `-- name: BoxList :many
SELECT listed.*, ARRAY[to_jsonb((packed)) #>> '{}', to_jsonb((code COLLATE "C")) #>> '{}', to_jsonb((seen)) #>> '{}', to_jsonb((box_id)) #>> '{}']
FROM (
SELECT *
FROM box
WHERE tenant_id = $1
) AS listed
WHERE true
  AND ((open) = $3::boolean)
  AND ((((packed) < $4::date OR (packed) IS NULL)) OR ((packed) = $4::date AND (code COLLATE "C") > $5::text) OR ((packed) = $4::date AND (code COLLATE "C") = $5::text AND (seen) < $6::timestamptz) OR ((packed) = $4::date AND (code COLLATE "C") = $5::text AND (seen) = $6::timestamptz AND (box_id) < $7::numeric))
ORDER BY (packed) DESC NULLS LAST, (code COLLATE "C"), (seen) DESC, (box_id) DESC
LIMIT $2`
	if err != nil || got != want || !slices.Equal(values, []any{1, 101, "true", "2026-03-25", "A", "2026-03-25T08:00:00Z", "7"}) {
		t.Errorf("%s\n%v %v\nwant\n%s", got, values, err, want)
	}
	// One that cuts its pages inside cuts nothing then.
	got, values, err = boxes.Around("", "", nil, "-- name: BoxList :many\nWITH page AS (SELECT * FROM box LIMIT $2)\nSELECT * FROM page\nORDER BY seen\nLIMIT $2\n", 1, int32(101))
	want = `-- name: BoxList :many
SELECT listed.*, ARRAY[to_jsonb((seen)) #>> '{}', to_jsonb((box_id)) #>> '{}']
FROM (
WITH page AS (SELECT * FROM box LIMIT $2)
SELECT * FROM page
ORDER BY seen
LIMIT $2

) AS listed
WHERE true
ORDER BY (seen) DESC, (box_id) DESC
LIMIT $3::numeric::bigint`
	if err != nil || got != want || !slices.Equal(values, []any{1, math.MaxInt32, "101"}) {
		t.Errorf("%s\n%v %v\nwant\n%s", got, values, err, want)
	}
	for _, odd := range []string{
		"-- name: BoxGet :one\nSELECT *\nFROM box",
		"-- name: BoxList :many\nSELECT * FROM (SELECT * FROM box LIMIT $1) AS page\nORDER BY seen\nLIMIT $2\n",
		"-- name: BoxList :many\nSELECT * FROM (SELECT * FROM box LIMIT $3) AS page\nORDER BY seen",
	} {
		if got, _, err := boxes.Around(`open = true`, "", nil, odd, 1, 2); err == nil {
			t.Errorf("%s was put into\n%s", odd, got)
		}
	}
}

func TestOrdersRefused(t *testing.T) {
	t.Parallel()
	for by, want := range map[string]string{
		"colour":                     `at character 1: there is no field "colour"`,
		"code, colour desc":          `at character 7: there is no field "colour"`,
		"code DESC":                  `at character 1: "code DESC" is no field with a direction, asc or desc`,
		"code up":                    `"code up" is no field`,
		"code desc asc":              `is no field with`,
		"code,":                      `at character 6: "" is no field`,
		",":                          `at character 1: "" is no field`,
		"code;":                      `is no field`,
		"-code":                      `is no field`,
		"code desc, code":            `at character 12: code is there twice`,
		"state":                      `at character 1: state has no order`,
		"code, packed, open, weight": `at character 21: there may be 3 fields`,
		"(SELECT 1)":                 `is no field`,
	} {
		_, _, err := boxes.Around("", by, nil, query, 1, 101)
		var refusal *errs.Error
		if !errors.As(err, &refusal) || refusal.Reason != "INVALID_ORDER" || refusal.Violations[0].Path != "order_by" || !strings.Contains(refusal.Message, want) ||
			!strings.Contains(refusal.Message, "the fields are code, owner.code, packed, seen, weight, pieces, open") {
			t.Errorf("%s: %v; want %s", by, err, want)
		}
	}
}
