package main

import (
	"bytes"
	"encoding/json"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// enforcer answers one report with the given text and hands the report on.
func enforcer(t *testing.T, reply string) (socket string, reports chan report) {
	socket, reports = filepath.Join(t.TempDir(), "s"), make(chan report, 1)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var r report
		if json.NewDecoder(conn).Decode(&r) == nil {
			reports <- r
		}
		_, _ = conn.Write([]byte(reply))
	}()
	return socket, reports
}

func input(socket string) *strings.Reader {
	return strings.NewReader(`{"cniVersion":"1.0.0","socket":"` + socket + `","prevResult":{"ips":[{"address":"10.0.0.7/24"}]}}`)
}

func TestAddReportsAndPassesTheResultOn(t *testing.T) {
	t.Setenv("CNI_CONTAINERID", "c1")
	t.Setenv("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=a;K8S_POD_NAME=b")
	socket, reports := enforcer(t, "")
	var out bytes.Buffer
	if err := run("ADD", input(socket), &out); err != nil {
		t.Fatal(err)
	}
	if got := <-reports; got != (report{Attached: true, Sandbox: "c1", Namespace: "a", Name: "b", IP: "10.0.0.7"}) {
		t.Errorf("reported %+v", got)
	}
	if out.String() != `{"ips":[{"address":"10.0.0.7/24"}]}` {
		t.Errorf("passed on %s", out.String())
	}
}

func TestAddFailsWithoutRules(t *testing.T) {
	socket, _ := enforcer(t, "no rules")
	if err := run("ADD", input(socket), &bytes.Buffer{}); err == nil || err.Error() != "no rules" {
		t.Errorf("got %v", err)
	}
	if err := run("ADD", input("/nowhere"), &bytes.Buffer{}); err == nil {
		t.Error("a pod without an enforcer is let through")
	}
}

func TestDelNeverFails(t *testing.T) {
	if err := run("DEL", input("/nowhere"), &bytes.Buffer{}); err != nil {
		t.Error(err)
	}
}
