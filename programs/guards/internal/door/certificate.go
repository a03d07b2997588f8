package door

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// authority of certificates, in a file that is read anew when it changes.
type authority struct {
	file string

	mutex sync.Mutex
	pool  *x509.CertPool
	time  time.Time
	size  int64
}

func (a *authority) current() (*x509.CertPool, error) {
	info, err := os.Stat(a.file)
	if err != nil {
		return nil, err
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.pool != nil && info.ModTime().Equal(a.time) && info.Size() == a.size {
		return a.pool, nil
	}
	pem, err := os.ReadFile(a.file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no certificate", a.file)
	}
	a.pool, a.time, a.size = pool, info.ModTime(), info.Size()
	return pool, nil
}

// verified is the client's certificate, when it is one for clients, of the authority, and its time is not over: now, not when the connection
// began.
func (a *authority) verified(state *tls.ConnectionState) (*x509.Certificate, bool) {
	if state == nil || len(state.PeerCertificates) == 0 {
		return nil, false
	}
	pool, err := a.current()
	if err != nil {
		slog.Error("no certificate of a client is believed", "error", err)
		return nil, false
	}
	between := x509.NewCertPool()
	for _, certificate := range state.PeerCertificates[1:] {
		between.AddCert(certificate)
	}
	shown := state.PeerCertificates[0]
	_, err = shown.Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	return shown, err == nil
}

// certificates of readers.
type certificates struct{ authority }

func newCertificates(file string) *certificates { return &certificates{authority{file: file}} }

// user whom the certificate names, as Kubernetes reads it: the common name, and organisations as groups.
func (c *certificates) user(state *tls.ConnectionState) (User, bool) {
	shown, ok := c.verified(state)
	if !ok || shown.Subject.CommonName == "" {
		return User{}, false
	}
	groups := append(append([]string{}, shown.Subject.Organization...), "system:authenticated")
	return User{Username: shown.Subject.CommonName, Groups: groups}, true
}
