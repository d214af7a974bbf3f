package dispatch

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/rotation"
)

// addRotation tells of the lines of a shipment just posted whether they were in
// rotation.
func addRotation(manifest *lottrailv1.Manifest, judged rotation.Judged, takings []draw.Taking) {
	for i, line := range manifest.GetLines() {
		line.Rotation = judged.Message(i, &takings[i])
	}
}

// readRotation tells it of those of a shipment that was read.
func readRotation(ctx context.Context, db queries.DBTX, tenantID int64, manifest *lottrailv1.Manifest, lines []queries.ShipmentListLineRow) error {
	ids := make([]int64, len(lines))
	for i := range lines {
		ids[i] = lines[i].MovementID
	}
	rotations, err := rotation.Read(ctx, db, tenantID, ids)
	for i, line := range manifest.GetLines() {
		line.Rotation = rotations[ids[i]]
	}
	return err
}
