package bench

import (
	"encoding/json"
	"slices"
	"time"
)

// Report is everything that was measured.
type Report struct {
	Machine   Machine           `json:"machine"`
	Plant     PlantFacts        `json:"plant"`
	Traces    []*TraceFigures   `json:"traces,omitempty"`
	Crowd     *CrowdFigures     `json:"crowd,omitempty"`
	Memory    *MemoryFigures    `json:"memory,omitempty"`
	Scaling   *ScalingFigures   `json:"scaling,omitempty"`
	Timelines *TimelineFigures  `json:"timelines,omitempty"`
	Warehouse *WarehouseFigures `json:"warehouse,omitempty"`
	Postings  *PostingFigures   `json:"postings,omitempty"`
	Recall    *RecallFigures    `json:"recall,omitempty"`
}

// Took is a duration; programs get it in milliseconds.
type Took time.Duration

// MarshalJSON implements json.Marshaler.
func (t Took) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(t) / float64(time.Millisecond))
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Took) UnmarshalJSON(text []byte) error {
	var milliseconds float64
	err := json.Unmarshal(text, &milliseconds)
	*t = Took(milliseconds * float64(time.Millisecond))
	return err
}

// PlantFacts are what was loaded.
type PlantFacts struct {
	Lots         int              `json:"lots"`
	Runs         int              `json:"runs"`
	Seed         uint64           `json:"seed"`
	HotReach     int              `json:"hotReach"`
	TypicalReach int              `json:"typicalReach"`
	Loaded       Took             `json:"loadedMs"`
	Rows         map[string]int64 `json:"rows"`
}

// Spread is what was measured several times.
type Spread struct {
	Median float64 `json:"median"`
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
}

func spread(all []float64) Spread {
	sorted := slices.Sorted(slices.Values(all))
	return Spread{Median: sorted[len(sorted)/2], Least: sorted[0], Most: sorted[len(sorted)-1]}
}

// TraceFigures are one trace, asked for several times: from the service, by the
// bare query that returns the same rows, by one that returns ids alone, and by a search
// in memory.
type TraceFigures struct {
	Lot       string `json:"lot"`
	Lots      int    `json:"lots"`
	Edges     int    `json:"edges"`
	Shipments int    `json:"shipmentLines"`
	// Ratio is the service's whole trace in parts of the query; to IDs, of the other.
	Ratio   Spread `json:"ratio"`
	ToIDs   Spread `json:"ratioToIds"`
	Aim     Aim    `json:"aim"`
	First   Took   `json:"firstMs"`  // until the first message
	Behind  Took   `json:"behindMs"` // until a message had something behind the lot asked for
	Whole   Took   `json:"wholeMs"`
	Floor   Took   `json:"floorMs"` // of the search in memory
	Query   Took   `json:"queryMs"`
	IDs     Took   `json:"idsMs"`
	Repeats int    `json:"repeats"`
	Plan    string `json:"plan,omitempty"`
}

// Aim is what is aimed at: the most that something may be.
type Aim float64

// TimelineFigures are the timeline of a lot with very many movements.
type TimelineFigures struct {
	Movements int        `json:"movements"`
	Repeats   int        `json:"repeats"`
	Pages     []*Reading `json:"pages"`
}

// Reading is what was read several times, by the service and by the bare query.
type Reading struct {
	Name string `json:"name"`
	Rows int    `json:"rows"`
	// Ratio is the service's time in parts of the query's.
	Ratio   Spread `json:"ratio"`
	Service Took   `json:"serviceMs"`
	Query   Took   `json:"queryMs"`
}

// WarehouseFigures are what is asked and done in a hall.
type WarehouseFigures struct {
	Bins      int             `json:"bins"`
	Balances  int             `json:"balances"`
	ItemLots  int             `json:"itemLots"` // of the item that is picked
	Repeats   int             `json:"repeats"`
	Proposals []*Reading      `json:"proposals"`
	Contents  []*Reading      `json:"contents"`
	Pickers   *PostingFigures `json:"pickers"`
}

// PostingFigures are all that was posted.
type PostingFigures struct {
	Duration Took               `json:"roundMs"`
	Rounds   int                `json:"rounds"`
	Kinds    []*PostingKind     `json:"kinds"`
	PgBench  map[int]float64    `json:"pgbench,omitempty"` // transactions a second, by clients
	NoBench  string             `json:"pgbenchMissing,omitempty"`
	Sealed   Took               `json:"sealedMs"` // from the last posting until all were in the log
	Unsealed int64              `json:"unsealed"`
	PerCall  map[string]Written `json:"rowsPerCall"`
}

// Written are the rows that a call writes, by table.
type Written map[string]float64

// PostingKind is one kind of posting by so many clients.
type PostingKind struct {
	Name    string `json:"name"`
	Clients int    `json:"clients"`
	// Ratio is the service's rate in parts of the script's.
	Ratio   Spread  `json:"ratio"`
	Service float64 `json:"servicePerSecond"`
	Script  float64 `json:"scriptPerSecond"`
	Median  Took    `json:"serviceMedianMs"`
	P99     Took    `json:"serviceP99Ms"`
	// Refused are calls that were given up for contention.
	Refused int `json:"refused"`
}

// RecallFigures are recalls on the hot lot, activated one after the other.
type RecallFigures struct {
	Lots      int `json:"lots"`
	Runs      int `json:"runs"`
	Shipments int `json:"shipmentLines"`
	// Ratio is the service's activation in parts of the bare statement.
	Ratio       Spread  `json:"ratio"`
	Open        Took    `json:"openMs"`
	Activation  Took    `json:"activationMs"`
	Bare        Took    `json:"bareMs"`
	PacketFirst Took    `json:"packetFirstMs"`
	Packet      Took    `json:"packetMs"`
	PageFirst   Took    `json:"pageFirstMs"`
	Page        Took    `json:"pageMs"`
	PageBytes   int     `json:"pageBytes"`
	Repeats     int     `json:"repeats"`
	Written     Written `json:"rows"`
}
