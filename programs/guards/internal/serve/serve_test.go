package serve

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestReadiness(t *testing.T) {
	var usable atomic.Bool
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	registry := Registry()
	registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "moat_test_total", Help: "Of the test."}))
	server, err := Operations(ctx, "127.0.0.1:0", registry, func(context.Context) error {
		if usable.Load() {
			return nil
		}
		return errors.New("away")
	})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	get := func(path string) (int, string) {
		response, err := http.Get("http://" + server.Addr + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(body)
	}
	if status, _ := get("/-/ready"); status != 503 {
		t.Errorf("ready: %d", status)
	}
	if status, _ := get("/-/healthy"); status != 200 {
		t.Errorf("healthy: %d", status)
	}
	usable.Store(true)
	for status := 0; status != 200; status, _ = get("/-/ready") {
		time.Sleep(10 * time.Millisecond)
	}
	if _, text := get("/metrics"); !strings.Contains(text, "moat_guard_ready 1") || !strings.Contains(text, "moat_test_total 0") {
		t.Errorf("metrics: %s", text)
	}
}

// authority writes its certificate and certificates of it into a folder.
type authority struct {
	folder      string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{folder: t.TempDir()}
	a.certificate, a.key = a.issue(t, "ca", nil)
	return a
}

func (a *authority) issue(t *testing.T, name string, parent *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: parent == nil, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signer, signerKey := template, key
	if parent != nil {
		signer, signerKey = parent.certificate, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, &key.PublicKey, signerKey)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(suffix, kind string, data []byte) {
		if err := os.WriteFile(filepath.Join(a.folder, name+suffix), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(".crt", "CERTIFICATE", der)
	write(".key", "EC PRIVATE KEY", encoded)
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

func (a *authority) files(name string) Files {
	f := Files{Authority: filepath.Join(a.folder, "ca.crt")}
	if name != "" {
		f.Certificate, f.Key = filepath.Join(a.folder, name+".crt"), filepath.Join(a.folder, name+".key")
	}
	return f
}

func TestBothSidesShowCertificates(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	ours.issue(t, "store", ours)
	ours.issue(t, "guard", ours)
	others.issue(t, "guard", others)
	others.issue(t, "store", others)

	stranger := others.files("guard")
	stranger.Authority = ours.files("").Authority
	for name, c := range map[string]struct {
		server, client Files
		host           string
		fails          bool
	}{
		"both ours":            {ours.files("store"), ours.files("guard"), "store", false},
		"no certificate":       {ours.files("store"), ours.files(""), "store", true},
		"another authority's":  {ours.files("store"), stranger, "store", true},
		"a server of another":  {others.files("store"), ours.files("guard"), "store", true},
		"a server for another": {ours.files("store"), ours.files("guard"), "elsewhere", true},
	} {
		server, err := c.server.Server()
		if err != nil {
			t.Fatal(err)
		}
		client, err := c.client.Client(c.host)
		if err != nil {
			t.Fatal(err)
		}
		if err := handshake(server, client); (err != nil) != c.fails {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A certificate that is replaced is taken by the next connection.
	server, _ := ours.files("store").Server()
	client, _ := ours.files("guard").Client("store")
	again := &authority{folder: ours.folder}
	again.certificate, again.key = again.issue(t, "ca", nil)
	again.issue(t, "store", again)
	again.issue(t, "guard", again)
	if err := handshake(server, client); err != nil {
		t.Errorf("after all certificates were replaced: %v", err)
	}
}

func handshake(server, client *tls.Config) error {
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		return err
	}
	defer listener.Close()
	go func() {
		if connection, err := listener.Accept(); err == nil {
			_, _ = connection.Write([]byte("x"))
			_ = connection.Close()
		}
	}()
	connection, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", listener.Addr().String(), client)
	if err != nil {
		return err
	}
	defer connection.Close()
	// Whether the server takes the client's certificate shows with its first byte.
	_, err = io.ReadFull(connection, make([]byte, 1))
	return err
}

func TestHalfOfTLSIsRefused(t *testing.T) {
	for _, f := range []Files{{Certificate: "a"}, {Authority: "a"}, {Certificate: "a", Key: "b"}, {Certificate: "/none", Key: "/none", Authority: "/none"}} {
		if _, err := f.Server(); err == nil {
			t.Errorf("%+v is taken", f)
		}
	}
	if config, err := (Files{}).Server(); config != nil || err != nil {
		t.Errorf("%v %v", config, err)
	}
}

// The API server shows no certificate.
func TestAnybodyMayCome(t *testing.T) {
	ours := newAuthority(t)
	ours.issue(t, "webhook", ours)
	files := ours.files("webhook")
	config, err := files.Open()
	if err != nil {
		t.Fatal(err)
	}
	server, err := HTTPS("127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }), time.Minute, config)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	get := func(authority Files) error {
		client, err := authority.Client("webhook")
		if err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{TLSClientConfig: client, ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		answer, err := (&http.Client{Transport: transport}).Get("https://" + server.Addr)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if text, _ := io.ReadAll(answer.Body); string(text) != "here" {
			t.Errorf("%q", text)
		}
		return nil
	}
	if err := get(ours.files("")); err != nil {
		t.Error(err)
	}
	if err := get(newAuthority(t).files("")); err == nil {
		t.Error("a server of another authority is believed")
	}
	// A certificate that is replaced is shown to the next.
	again := &authority{folder: ours.folder}
	again.certificate, again.key = again.issue(t, "ca", nil)
	again.issue(t, "webhook", again)
	if err := get(ours.files("")); err != nil {
		t.Errorf("after all certificates were replaced: %v", err)
	}
	if err := files.Loadable(); err != nil {
		t.Error(err)
	}
	_ = os.Remove(files.Key)
	if err := files.Loadable(); err == nil {
		t.Error("it says that it could serve without a key")
	}
	for _, f := range []Files{{}, {Certificate: "a"}, {Key: "a"}, {Certificate: "/none", Key: "/none"}} {
		if _, err := f.Open(); err == nil {
			t.Errorf("%+v is taken", f)
		}
	}
}
