package apitest

import (
	"context"
	"testing"
	"time"
)

// Sealed waits until every operation that is committed is in the log, and returns
// the index at which it ends.
func (a *API) Sealed(t testing.TB) int64 {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var end, waiting int64
		err := a.DB.QueryRow(context.Background(), `
			SELECT log_index, (SELECT count(*) FROM unlogged WHERE tenant_id = 1) FROM log_head WHERE tenant_id = 1`).Scan(&end, &waiting)
		switch {
		case err != nil:
			t.Fatalf("apitest: %v", err)
		case waiting == 0:
			return end
		case time.Now().After(deadline):
			t.Fatalf("apitest: %d operations are not in the log yet, which ends at %d", waiting, end)
		}
	}
}
