package pbtype

import (
	"encoding/json"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// reference is a document's reference as it is stored, in a jsonb column.
type reference struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// StoreReferences is what a document keeps of its references.
func StoreReferences(references []*lottrailv1.Reference) ([]byte, error) {
	stored := make([]reference, 0, len(references))
	for _, r := range references {
		stored = append(stored, reference{r.GetKind(), r.GetValue()})
	}
	return json.Marshal(stored)
}

// References is the inverse of StoreReferences.
func References(stored []byte) ([]*lottrailv1.Reference, error) {
	var references []reference
	if err := json.Unmarshal(stored, &references); err != nil {
		return nil, err
	}
	var messages []*lottrailv1.Reference
	for _, r := range references {
		messages = append(messages, &lottrailv1.Reference{Kind: r.Kind, Value: r.Value})
	}
	return messages, nil
}
