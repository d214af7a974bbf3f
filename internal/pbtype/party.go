package pbtype

import (
	"encoding/json"
	"fmt"
	"strings"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/queries"
)

// Party is a party as it is stored.
func Party(row *queries.PacketPartyListRow) (*lottrailv1.Party, error) {
	party := &lottrailv1.Party{Code: row.Code, Name: row.Name, Gln: Text(row.GLN), Address: row.Address, Revision: row.Revision}
	for _, kind := range row.Kinds {
		party.Kinds = append(party.Kinds, lottrailv1.PartyKind(lottrailv1.PartyKind_value["PARTY_KIND_"+strings.ToUpper(kind)]))
	}
	if err := json.Unmarshal(row.Contacts, &party.Contacts); err != nil {
		return nil, fmt.Errorf("contacts of party %q: %w", row.Code, err)
	}
	return party, nil
}
