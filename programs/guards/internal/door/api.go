package door

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// API is what it takes to ask the API server. Its two questions are two small documents: a whole client would be heavier than they are, and it
// would put all questions into one line.
type API struct {
	URL *url.URL
	// Authority and Token are files, read anew when they are used: both are replaced while programs run.
	Authority, Token string

	client *http.Client
}

// Connect prepares to ask.
func (a *API) Connect() error {
	if a.URL == nil || a.URL.Scheme != "https" || a.URL.Host == "" {
		return fmt.Errorf("the API server's URL %q does not begin with https", a.URL)
	}
	if _, err := a.trust(); err != nil {
		return err
	}
	a.client = &http.Client{
		Transport: &http.Transport{
			DialTLSContext: a.dial,
			// One connection for each question that is open: none stands behind another.
			MaxIdleConnsPerHost: 100,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return nil
}

func (a *API) trust() (*x509.CertPool, error) {
	pem, err := os.ReadFile(a.Authority)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no certificate", a.Authority)
	}
	return pool, nil
}

func (a *API) dial(ctx context.Context, network, address string) (net.Conn, error) {
	pool, err := a.trust()
	if err != nil {
		return nil, err
	}
	dialer := &tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: a.URL.Hostname()}}
	return dialer.DialContext(ctx, network, address)
}

// create posts a review, which is answered with itself and a status.
func (a *API) create(ctx context.Context, path string, review, into any) error {
	text, err := json.Marshal(review)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(a.URL.String(), "/")+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	token, err := os.ReadFile(a.Token)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated && response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is answered with %s", path, response.Status)
	}
	return json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(into)
}

// The reviews, with the fields that are needed.
type (
	tokenReview struct {
		Kind       string `json:"kind"`
		APIVersion string `json:"apiVersion"`
		Spec       struct {
			Token     string   `json:"token"`
			Audiences []string `json:"audiences"`
		} `json:"spec"`
		Status struct {
			Authenticated bool     `json:"authenticated"`
			User          User     `json:"user"`
			Audiences     []string `json:"audiences"`
			Error         string   `json:"error"`
		} `json:"status,omitzero"`
	}
	accessReview struct {
		Kind       string     `json:"kind"`
		APIVersion string     `json:"apiVersion"`
		Spec       accessSpec `json:"spec"`
		Status     struct {
			Allowed bool `json:"allowed"`
			Denied  bool `json:"denied"`
		} `json:"status,omitzero"`
	}
	accessSpec struct {
		Resource resource            `json:"resourceAttributes"`
		User     string              `json:"user"`
		Groups   []string            `json:"groups,omitempty"`
		UID      string              `json:"uid,omitempty"`
		Extra    map[string][]string `json:"extra,omitempty"`
	}
	resource struct {
		Namespace   string `json:"namespace"`
		Verb        string `json:"verb"`
		Group       string `json:"group,omitempty"`
		Version     string `json:"version"`
		Resource    string `json:"resource"`
		Subresource string `json:"subresource,omitempty"`
	}
)

// Permission that the API server is asked about: `resource` or `resource/subresource`, of the core group.
type Permission struct {
	Resource, Subresource string
}

// Set reads a flag.
func (p *Permission) Set(text string) error {
	p.Resource, p.Subresource, _ = strings.Cut(text, "/")
	if p.Resource == "" || strings.Contains(p.Subresource, "/") {
		return errors.New("it is <resource>/<subresource>")
	}
	return nil
}

func (p *Permission) String() string {
	return strings.TrimSuffix(p.Resource+"/"+p.Subresource, "/")
}
