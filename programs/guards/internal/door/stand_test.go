package door

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"flag"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"moat.dev/guards/internal/serve"
)

const audience = "for-the-door"

// cluster plays the API server.
type cluster struct {
	*httptest.Server
	// seats: so many questions are answered at once, and the others wait, whoever asks.
	seats chan struct{}
	// hold keeps answers about tokens of strangers back until it is closed.
	hold chan struct{}

	mutex sync.Mutex
	down  bool
	// tokens by text, with the audiences they are for.
	tokens map[string]struct {
		user      User
		audiences []string
	}
	// may: "user verb namespace".
	may      map[string]bool
	reviewed []tokenReview
	accessed []accessReview
	// arrived questions that have no answer yet.
	arrived int
}

func newCluster(t *testing.T) *cluster {
	c := &cluster{seats: make(chan struct{}, 16), tokens: map[string]struct {
		user      User
		audiences []string
	}{}, may: map[string]bool{}}
	c.Server = httptest.NewTLSServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.Close)
	return c
}

func (c *cluster) account(token, namespace string, audiences ...string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	name := "system:serviceaccount:" + namespace + ":reader"
	c.tokens[token] = struct {
		user      User
		audiences []string
	}{User{Username: name, UID: "1", Groups: []string{"system:serviceaccounts"}, Extra: map[string][]string{"pod": {"p"}}}, audiences}
	c.may[name+" get "+namespace] = true
	c.may[name+" create "+namespace] = true
}

func (c *cluster) serve(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer own" {
		http.Error(w, "who?", http.StatusUnauthorized)
		return
	}
	body, _ := io.ReadAll(r.Body)
	c.mutex.Lock()
	c.arrived++
	down, hold := c.down, c.hold
	c.mutex.Unlock()
	defer func() { c.mutex.Lock(); c.arrived--; c.mutex.Unlock() }()
	if down {
		http.Error(w, "down", http.StatusInternalServerError)
		return
	}
	c.seats <- struct{}{}
	defer func() { <-c.seats }()
	w.WriteHeader(http.StatusCreated)
	switch r.URL.Path {
	case "/apis/authentication.k8s.io/v1/tokenreviews":
		var review tokenReview
		_ = json.Unmarshal(body, &review)
		c.mutex.Lock()
		c.reviewed = append(c.reviewed, review)
		found, ok := c.tokens[review.Spec.Token]
		c.mutex.Unlock()
		if !ok && hold != nil {
			<-hold
		}
		for _, a := range found.audiences {
			if ok && slices.Contains(review.Spec.Audiences, a) {
				review.Status.Authenticated, review.Status.User, review.Status.Audiences = true, found.user, []string{a}
			}
		}
		_ = json.NewEncoder(w).Encode(review)
	case "/apis/authorization.k8s.io/v1/subjectaccessreviews":
		var review accessReview
		_ = json.Unmarshal(body, &review)
		c.mutex.Lock()
		c.accessed = append(c.accessed, review)
		review.Status.Allowed = c.may[review.Spec.User+" "+review.Spec.Resource.Verb+" "+review.Spec.Resource.Namespace]
		c.mutex.Unlock()
		_ = json.NewEncoder(w).Encode(review)
	}
}

func (c *cluster) asked() (tokens, rights int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.reviewed), len(c.accessed)
}

func (c *cluster) unanswered() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.arrived
}

// signer of certificates, in a folder.
type signer struct {
	file        string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newSigner(t *testing.T, file string) *signer {
	t.Helper()
	s := &signer{file: file}
	pair := s.sign(t, &x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	s.certificate, s.key = pair.Leaf, pair.PrivateKey.(*ecdsa.PrivateKey)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.certificate.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *signer) sign(t *testing.T, template *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore = time.Now().Add(-time.Hour)
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	parent, parentKey := s.certificate, s.key
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func forClients(name string, organisations ...string) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: name, Organization: organisations}, DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
}

// stand is a door over TLS with a cluster behind it.
type stand struct {
	*cluster
	door           *Door
	url            string
	readers, edges *signer
	folder         string
}

func newStand(t *testing.T, change ...func(*Options)) *stand {
	t.Helper()
	s := &stand{cluster: newCluster(t), folder: t.TempDir()}
	in := func(name string) string { return filepath.Join(s.folder, name) }
	s.readers, s.edges = newSigner(t, in("readers.crt")), newSigner(t, in("edges.crt"))
	servers := newSigner(t, in("servers.crt"))
	shown := servers.sign(t, &x509.Certificate{DNSNames: []string{"door"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	key, err := x509.MarshalECPrivateKey(shown.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"tls.crt":  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: shown.Certificate[0]}),
		"tls.key":  pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key}),
		"token":    []byte("own\n"),
		"api.crt":  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.cluster.Certificate().Raw}),
		"none.crt": nil,
	} {
		if err := os.WriteFile(in(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := Options{Metrics: prometheus.NewRegistry()}
	finish := o.Flags(flag.NewFlagSet("", flag.PanicOnError))
	_ = finish
	target, err := url.Parse(s.cluster.URL)
	if err != nil {
		t.Fatal(err)
	}
	o.Audience, o.Readers, o.Edge = audience, in("readers.crt"), Edge{in("edges.crt"), "edge"}
	o.API = API{URL: target, Authority: in("api.crt"), Token: in("token")}
	for _, c := range change {
		c(&o)
	}
	if err := o.API.Connect(); err != nil {
		t.Fatal(err)
	}
	s.door = New(o)
	config, err := serve.Files{Certificate: in("tls.crt"), Key: in("tls.key")}.Open()
	if err != nil {
		t.Fatal(err)
	}
	server, err := s.door.Serve("127.0.0.1:0", http.HandlerFunc(s.enter), time.Minute, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	s.url = "https://" + server.Addr
	return s
}

func (s *stand) enter(w http.ResponseWriter, r *http.Request) {
	namespaces, err := s.door.Enter(r)
	if err != nil {
		refusal := err.(*Refusal)
		if refusal.Close {
			w.Header().Set("Connection", "close")
		}
		http.Error(w, refusal.Message, refusal.Status)
		return
	}
	_, _ = io.WriteString(w, namespaces.String())
}

// client with a certificate, or none.
func (s *stand) client(t *testing.T, shown ...tls.Certificate) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: shown}, MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// ask with headers as `name: value`.
func (s *stand) ask(t *testing.T, client *http.Client, method string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, strings.TrimSpace(string(text))
}

const (
	alphas = "Authorization: Bearer alphas"
	alpha  = "X-Moat-Namespace: alpha"
)

// until a condition holds; the test's own time ends it.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for !holds() {
		if t.Context().Err() != nil {
			t.Fatal(what)
		}
		time.Sleep(time.Millisecond)
	}
}
