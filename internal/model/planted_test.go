package model_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"testing"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// The property test is worth something only if it finds bugs. Here one is
// planted, without a change to the code: a proxy before the database takes the
// row lock out of every statement that passes. The histories must find it.
func TestAMissingLockIsFound(t *testing.T) {
	t.Parallel()
	databaseURL := dbtest.URL(t)
	// Of the same length, so that the protocol's lengths stay true.
	lock := []byte("FOR NO KEY UPDATE OF lot")
	proxied := withoutLock(t, databaseURL, lock)
	db, err := pg.Open(t.Context(), proxied, 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	api := apitest.StartOn(t, databaseURL, db)
	api.Minimal(t)
	s := newStage(t, api)
	for seed := range 2000 {
		if err := s.play(t.Context(), histories.Example(seed)); err != nil {
			t.Logf("found by history %d: %v", seed, err)
			return
		}
	}
	t.Fatal("2,000 histories without the lock on lots, and nothing was found: the property test is blind")
}

// withoutLock returns the URL of a proxy before a database that blanks a text
// in what clients send.
func withoutLock(t *testing.T, databaseURL string, text []byte) string {
	t.Helper()
	direct, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	query := direct.Query()
	socket := query.Get("host") + "/.s.PGSQL." + query.Get("port")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go forward(client, socket, text)
		}
	}()
	address := listener.Addr().(*net.TCPAddr)
	query.Set("host", "127.0.0.1")
	query.Set("port", address.AddrPort().String()[len("127.0.0.1:"):])
	query.Set("sslmode", "disable")
	direct.RawQuery = query.Encode()
	return direct.String()
}

func forward(client net.Conn, socket string, text []byte) {
	defer client.Close()
	server, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	go func() {
		defer server.Close()
		blank := bytes.Repeat([]byte(" "), len(text))
		buffer := make([]byte, 1<<20)
		for {
			n, err := client.Read(buffer)
			if err != nil {
				return
			}
			if _, err := server.Write(bytes.ReplaceAll(buffer[:n], text, blank)); err != nil {
				return
			}
		}
	}()
	_, _ = io.Copy(client, server)
}
