package door

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestWhoGetsIn(t *testing.T) {
	s := newStand(t)
	s.account("alphas", "alpha", audience)
	s.account("elsewhere", "alpha", "another")
	s.account("everywhere", "alpha", "another", audience)
	s.may["system:serviceaccount:alpha:reader get jobs"] = true
	for name, c := range map[string]struct {
		method  string
		headers []string
		status  int
		text    string
	}{
		"its own":                      {"GET", []string{alphas, alpha}, 200, "alpha"},
		"its own, by POST":             {"POST", []string{alphas, alpha}, 200, "alpha"},
		"two of its own":               {"GET", []string{alphas, "X-Moat-Namespace: jobs", alpha}, 200, "alpha,jobs"},
		"one may be read, not created": {"POST", []string{alphas, alpha, "X-Moat-Namespace: jobs"}, 403, "Forbidden"},
		"the same twice":               {"GET", []string{alphas, alpha, alpha}, 200, "alpha"},
		"scheme in small letters":      {"GET", []string{"Authorization: bearer alphas", alpha}, 200, "alpha"},
		"for another audience as well": {"GET", []string{"Authorization: Bearer everywhere", alpha}, 200, "alpha"},
		"for another audience":         {"GET", []string{"Authorization: Bearer elsewhere", alpha}, 401, "Unauthorized"},
		"another's":                    {"GET", []string{alphas, "X-Moat-Namespace: beta"}, 403, "Forbidden"},
		"its own and another's":        {"GET", []string{alphas, alpha, "X-Moat-Namespace: beta"}, 403, "Forbidden"},
		"another's and its own":        {"GET", []string{alphas, "X-Moat-Namespace: beta", alpha}, 403, "Forbidden"},
		"a list":                       {"GET", []string{alphas, "X-Moat-Namespace: alpha,jobs"}, 403, "Forbidden"},
		"a pattern":                    {"GET", []string{alphas, "X-Moat-Namespace: .*"}, 403, "Forbidden"},
		"none beside its own":          {"GET", []string{alphas, alpha, "X-Moat-Namespace: "}, 403, "Forbidden"},
		"no namespace":                 {"GET", []string{alphas}, 400, "header X-Moat-Namespace is missing"},
		"another header":               {"GET", []string{alphas, "X-Moat-Namespaces: alpha"}, 400, "missing"},
		"no token":                     {"GET", []string{alpha}, 401, "Unauthorized"},
		"no token, no namespace":       {"GET", nil, 401, "Unauthorized"},
		"an unknown one":               {"GET", []string{"Authorization: Bearer x", alpha}, 401, "Unauthorized"},
		"an empty one":                 {"GET", []string{"Authorization: Bearer ", alpha}, 401, "Unauthorized"},
		"two":                          {"GET", []string{alphas, "Authorization: Bearer x", alpha}, 401, "Unauthorized"},
		"two in one":                   {"GET", []string{alphas + " x", alpha}, 401, "Unauthorized"},
		"as a password":                {"GET", []string{"Authorization: Basic alphas", alpha}, 401, "Unauthorized"},
		"an identity in headers":       {"GET", []string{"X-Remote-User: system:admin", "Impersonate-User: admin", alpha}, 401, "Unauthorized"},
		"a method that only changes":   {"DELETE", []string{alphas, alpha}, 405, "this takes"},
		"a method without a token":     {"DELETE", []string{alpha}, 401, "Unauthorized"},
	} {
		status, text := s.ask(t, s.client(t), c.method, c.headers...)
		if status != c.status || !strings.HasPrefix(text, c.text) && !strings.Contains(text, "missing") {
			t.Errorf("%s: %d %q", name, status, text)
		}
	}
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("X-Moat-Namespace: %s-%d", strings.Repeat("a", 50), i))
	}
	if status, text := s.ask(t, s.client(t), "GET", append(many, alphas)...); status != 400 {
		t.Errorf("more namespaces than fit: %d %s", status, text)
	}
	// The API server is asked about everything that it judges by.
	asked := s.accessed[0].Spec
	if asked.User != "system:serviceaccount:alpha:reader" || asked.UID != "1" || len(asked.Groups) != 1 || len(asked.Extra["pod"]) != 1 ||
		asked.Resource.Resource != "namespace" || asked.Resource.Subresource != "metrics" {
		t.Errorf("asked %+v", asked)
	}
}

func TestCertificates(t *testing.T) {
	s := newStand(t)
	s.may["grafana get alpha"] = true
	s.account("alphas", "alpha", audience)
	others := newSigner(t, filepath.Join(t.TempDir(), "others.crt"))
	ended := forClients("grafana")
	ended.NotAfter = time.Now().Add(-time.Minute)
	forServers := &x509.Certificate{Subject: pkix.Name{CommonName: "grafana"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for name, c := range map[string]struct {
		shown  tls.Certificate
		status int
	}{
		"a reader's":                   {s.readers.sign(t, forClients("grafana", "team")), 200},
		"of somebody without a right":  {s.readers.sign(t, forClients("stranger")), 403},
		"of nobody":                    {s.readers.sign(t, forClients("")), 401},
		"ended":                        {s.readers.sign(t, ended), 401},
		"of another authority":         {others.sign(t, forClients("grafana")), 401},
		"for servers":                  {s.readers.sign(t, forServers), 401},
		"the edge's, which is nobody":  {s.edges.sign(t, forClients("edge")), 401},
		"of the edge's, as the reader": {s.edges.sign(t, forClients("grafana")), 401},
	} {
		if status, text := s.ask(t, s.client(t, c.shown), "GET", alpha); status != c.status {
			t.Errorf("%s: %d %s", name, status, text)
		}
		// What should not be believed does not spoil a token.
		if status, _ := s.ask(t, s.client(t, c.shown), "GET", alphas, alpha); c.status == 401 && status != 200 {
			t.Errorf("%s, with a token: %d", name, status)
		}
	}
	for _, review := range s.accessed {
		if review.Spec.User == "grafana" && fmt.Sprint(review.Spec.Groups) != "[team system:authenticated]" {
			t.Errorf("asked about %v", review.Spec.Groups)
		}
	}
	// An authority that is replaced counts from the next request on, on the same connection too.
	client := s.client(t, s.readers.sign(t, forClients("grafana")))
	if status, _ := s.ask(t, client, "GET", alpha); status != 200 {
		t.Fatal(status)
	}
	replaced := newSigner(t, s.readers.file)
	if status, _ := s.ask(t, client, "GET", alpha); status != 401 {
		t.Errorf("after the authority was replaced: %d", status)
	}
	if status, _ := s.ask(t, s.client(t, replaced.sign(t, forClients("grafana"))), "GET", alpha); status != 200 {
		t.Errorf("of the new authority: %d", status)
	}
}

func TestAnswersAreKeptAndTakenBack(t *testing.T) {
	s := newStand(t)
	s.account("alphas", "alpha", audience)
	client := s.client(t)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if status, _ := s.ask(t, client, "GET", alphas, alpha); status != 200 {
				t.Error(status)
			}
		})
	}
	group.Wait()
	for range 5 {
		s.ask(t, client, "GET", "Authorization: Bearer x", alpha)
		s.ask(t, client, "GET", alphas, "X-Moat-Namespace: beta")
	}
	if tokens, rights := s.asked(); tokens != 2 || rights != 2 {
		t.Errorf("asked about %d tokens and %d rights", tokens, rights)
	}
	// The API server goes away: whoever is known stays, nobody else is let in, and nobody is called unauthorised.
	s.mutex.Lock()
	s.down = true
	s.mutex.Unlock()
	if status, _ := s.ask(t, client, "GET", alphas, alpha); status != 200 {
		t.Errorf("known: %d", status)
	}
	if status, _ := s.ask(t, client, "GET", "Authorization: Bearer y", alpha); status != 503 {
		t.Errorf("unknown: %d", status)
	}
	if status, _ := s.ask(t, client, "POST", alphas, alpha); status != 503 {
		t.Errorf("a right that was not asked about: %d", status)
	}

	// With no time to believe anything, what is taken away is gone.
	s = newStand(t, func(o *Options) { o.Bounds.Good, o.Bounds.Bad = 0, 0 })
	s.account("alphas", "alpha", audience)
	if status, _ := s.ask(t, s.client(t), "GET", alphas, alpha); status != 200 {
		t.Fatal(status)
	}
	s.mutex.Lock()
	s.may = map[string]bool{}
	s.mutex.Unlock()
	if status, _ := s.ask(t, s.client(t), "GET", alphas, alpha); status != 403 {
		t.Errorf("without the right: %d", status)
	}
	s.mutex.Lock()
	delete(s.tokens, "alphas")
	s.mutex.Unlock()
	if status, _ := s.ask(t, s.client(t), "GET", alphas, alpha); status != 401 {
		t.Errorf("without the account: %d", status)
	}
}

// The body of somebody unknown is not waited for.
func TestBodiesAreReadOfThoseWhoGotIn(t *testing.T) {
	s := newStand(t)
	s.account("alphas", "alpha", audience)
	connection, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: door\r\nContent-Length: 1000000\r\n%s\r\n\r\n", alpha)
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil || answer.StatusCode != 401 || !answer.Close {
		t.Fatalf("%+v %v", answer, err)
	}
	if _, err := io.ReadAll(connection); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the connection stays: %v", err)
	}
}

func TestHeadersAreBounded(t *testing.T) {
	s := newStand(t)
	if status, _ := s.ask(t, s.client(t), "GET", "X-Long: "+strings.Repeat("a", 80<<10)); status != 431 {
		t.Error(status)
	}
}

func TestSources(t *testing.T) {
	for given, want := range map[string]string{
		"192.0.2.1:1234": "192.0.2.1", "[::ffff:192.0.2.1]:1234": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:1": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:1": "fe80::/64",
	} {
		if found := peerOf(given); found != want {
			t.Errorf("%s: %s", given, found)
		}
	}
	// Nobody but the edge is believed about addresses, and of the edge's header nothing but what it added itself.
	s := newStand(t, func(o *Options) { o.Bounds.Asking.Rate, o.Bounds.Asking.Burst = 1e-6, 1 })
	forged := newSigner(t, filepath.Join(t.TempDir(), "others.crt"))
	anotherName := s.edges.sign(t, forClients("grafana"))
	count := 0
	unknown := func() string { count++; return fmt.Sprintf("Authorization: Bearer unknown-%d", count) }
	forwarded := func(address string) string { return "X-Forwarded-For: " + address }
	for name, shown := range map[string][]tls.Certificate{"nobody": nil, "forged": {forged.sign(t, forClients("edge"))}, "another name": {anotherName}} {
		first, _ := s.ask(t, s.client(t, shown...), "GET", unknown(), alpha, forwarded("192.0.2."+fmt.Sprint(len(name))))
		second, _ := s.ask(t, s.client(t, shown...), "GET", unknown(), alpha, forwarded("198.51.100."+fmt.Sprint(len(name))))
		if first != 429 && second != 429 {
			t.Errorf("%s: %d, %d: it chose its source", name, first, second)
		}
	}
	edge := s.client(t, s.edges.sign(t, forClients("edge")))
	for i, c := range []struct {
		headers []string
		status  int
	}{
		{[]string{forwarded("192.0.2.1")}, 401},
		{[]string{forwarded("192.0.2.1")}, 429},
		{[]string{forwarded("192.0.2.2")}, 401},
		{[]string{forwarded("203.0.113.1, 192.0.2.2")}, 429},
		{[]string{forwarded("203.0.113.2"), forwarded("192.0.2.2")}, 429},
		{[]string{forwarded("2001:db8::1")}, 401},
		{[]string{forwarded("2001:db8::2")}, 429},
		// From nowhere: the edge's own address, whose allowance was used up above.
		{[]string{forwarded("192.0.2.9, unknown")}, 429},
		{nil, 429},
	} {
		if status, text := s.ask(t, edge, "GET", append(c.headers, unknown(), alpha)...); status != c.status {
			t.Errorf("%d %v: %d %s", i, c.headers, status, text)
		}
	}
}

func TestConnectionsOfStrangers(t *testing.T) {
	s := newStand(t, func(o *Options) { o.Bounds.Connections, o.Bounds.AllConnections, o.Bounds.KnownConnections = 4, 3, 1 })
	s.account("alphas", "alpha", audience)
	address := strings.TrimPrefix(s.url, "https://")
	open := func() net.Conn {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	ended := func(c net.Conn) bool {
		_, err := c.Read(make([]byte, 1))
		return err != nil
	}
	known := s.client(t)
	if status, _ := s.ask(t, known, "GET", alphas, alpha); status != 200 {
		t.Fatal(status)
	}
	// The oldest makes room, and never the one on which somebody is known.
	first := open()
	for range 4 {
		open()
	}
	if !ended(first) {
		t.Error("the oldest stays")
	}
	reused := 0
	for range 3 {
		if status, _ := s.ask(t, known, "GET", alphas, alpha); status == 200 {
			reused++
		}
	}
	if reused != 3 {
		t.Errorf("a known client was answered %d times", reused)
	}
	// A second client is known and gets no room among the known; it is answered all the same.
	if status, _ := s.ask(t, s.client(t), "GET", alphas, alpha); status != 200 {
		t.Error(status)
	}

	s = newStand(t, func(o *Options) { o.Bounds.Connections = 4 })
	address = strings.TrimPrefix(s.url, "https://")
	for range 4 {
		open()
	}
	if !ended(open()) {
		t.Error("a fifth connection of one source stays")
	}
}
