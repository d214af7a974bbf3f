package config

import "testing"

func TestDefaultDataDir(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		uid       int
		xdg, home string
		want      string
	}{
		{0, "/x", "/root", "/var/lib/lottrail"},
		{1000, "/x", "/home/u", "/x/lottrail"},
		{1000, "relative", "/home/u", "/home/u/.local/share/lottrail"},
		{1000, "", "/home/u", "/home/u/.local/share/lottrail"},
		{1000, "", "", ""},
	} {
		env := map[string]string{"XDG_DATA_HOME": test.xdg, "HOME": test.home}
		if got := defaultDataDir(test.uid, func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
