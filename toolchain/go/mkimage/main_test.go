package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func files(t *testing.T, archive io.Reader) map[string][]byte {
	all := map[string][]byte{}
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if all[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestImage(t *testing.T) {
	program := filepath.Join(t.TempDir(), "p")
	if err := os.WriteFile(program, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	build := func() []byte {
		var out bytes.Buffer
		if err := run(&out, "x/y:v1", json.RawMessage(`{"User":"nobody"}`), []string{"/tmp/:1777", program + "=/usr/bin/p"}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	archive := build()
	if !bytes.Equal(archive, build()) {
		t.Error("the same input gives another image")
	}
	parts := files(t, bytes.NewReader(archive))
	var manifest []struct{ RepoTags []string }
	if err := json.Unmarshal(parts["manifest.json"], &manifest); err != nil || manifest[0].RepoTags[0] != "x/y:v1" {
		t.Errorf("manifest %s: %v", parts["manifest.json"], err)
	}
	var image struct{ Config struct{ User string } }
	if err := json.Unmarshal(parts["config.json"], &image); err != nil || image.Config.User != "nobody" {
		t.Errorf("config %s: %v", parts["config.json"], err)
	}
	layer := files(t, bytes.NewReader(parts["layer.tar"]))
	if string(layer["usr/bin/p"]) != "program" {
		t.Error("the program is not in its place")
	}
	for _, name := range []string{"tmp/", "usr/", "usr/bin/", "etc/passwd"} {
		if _, ok := layer[name]; !ok {
			t.Errorf("no %s", name)
		}
	}
}

func TestBadEntries(t *testing.T) {
	for _, entry := range []string{"x", "/x/:9z", "/x/:755:me", "/no/such/file=/x"} {
		if err := run(io.Discard, "t", json.RawMessage("{}"), []string{entry}); err == nil {
			t.Errorf("%q is taken", entry)
		}
	}
}
