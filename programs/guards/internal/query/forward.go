package query

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"moat.dev/guards/internal/tenant"
)

// forward asks Thanos and hands its answer on as it comes.
func (g *Guard) forward(w http.ResponseWriter, r *http.Request, q request, upstream *url.URL, path string) error {
	ctx, cancel := context.WithTimeout(r.Context(), g.bounds.Timeout)
	defer cancel()
	asked, err := newRequest(ctx, q, upstream, path)
	if err != nil {
		return err
	}
	response, err := g.client.Do(asked)
	if err != nil {
		return unanswered(ctx)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return upstreamProblem(response)
	}
	if kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &problem{status: http.StatusBadGateway, kind: "internal", message: "the query service did not answer in JSON"}
	}
	return g.copy(w, response, q.namespaces)
}

// newRequest has nothing of the client's but what the guard understood; of headers, none.
func newRequest(ctx context.Context, q request, upstream *url.URL, path string) (*http.Request, error) {
	target := strings.TrimSuffix(upstream.String(), "/") + path
	method, body := http.MethodPost, io.Reader(strings.NewReader(q.form.Encode()))
	if !q.endpoint.post {
		method, body = http.MethodGet, nil
		target += "?" + q.form.Encode()
	}
	asked, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	if q.endpoint.post {
		asked.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	asked.Header.Set("Accept", "application/json")
	asked.Header.Set(tenant.Header, q.namespaces.String())
	return asked, nil
}

// tailBytes of an answer are looked at before they go out: at its end are its warnings.
const tailBytes = 64 << 10

var (
	errTooLarge = &problem{status: http.StatusUnprocessableEntity, kind: "execution", reason: reasonResponseSize,
		message: "the answer is too large; ask for fewer series, a shorter range or a longer step"}
	errSelected = &problem{status: http.StatusUnprocessableEntity, kind: "execution", reason: reasonSelected,
		message: "the query selects too many series and samples, alone or with what else the namespace asks for now; ask for fewer series or a shorter range"}
)

// copy streams the answer, but never its end before it is known to be good: one that is too large, or that lacks what a store guard held
// back, is broken off, so that the client cannot take it for whole. A short one becomes an error in words.
func (g *Guard) copy(w http.ResponseWriter, response *http.Response, namespaces tenant.Namespaces) error {
	if response.ContentLength > g.bounds.Response {
		return errTooLarge
	}
	// What is read and not yet out.
	held, err := io.ReadAll(io.LimitReader(response.Body, tailBytes))
	if err != nil {
		return &problem{status: http.StatusBadGateway, kind: "internal", message: "the query service broke off its answer"}
	}
	if len(held) < tailBytes && lacksSelected(held) {
		return errSelected
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	for rest := g.bounds.Response - int64(len(held)); ; {
		more := make([]byte, min(int64(tailBytes), rest+1))
		n, err := io.ReadFull(response.Body, more)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		rest -= int64(n)
		var broken *problem
		switch all := append(held, more[:n]...); {
		case rest < 0:
			broken = errTooLarge
		case last && lacksSelected(all):
			broken = errSelected
		case err != nil && !last:
			panic(http.ErrAbortHandler)
		}
		if broken != nil {
			g.metrics.refuse(broken.reason, namespaces)
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(held); err != nil {
			return nil
		}
		held = more[:n]
		if last {
			_, _ = w.Write(held)
			return nil
		}
	}
}

// lacksSelected looks for the store guard's words among the warnings, which come last. A tenant that writes them into a label of its own
// gets errors for its own series.
func lacksSelected(end []byte) bool {
	at := bytes.LastIndex(end, []byte(`"warnings":`))
	return at >= 0 && bytes.Contains(end[at:], []byte(tenant.Exhausted))
}

func unanswered(ctx context.Context) *problem {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &problem{status: http.StatusServiceUnavailable, kind: "timeout", message: "the query took too long"}
	case ctx.Err() != nil:
		return errGone
	default:
		return &problem{status: http.StatusServiceUnavailable, kind: "unavailable", message: "the query service does not answer; try again later"}
	}
}

// upstreamProblem takes the words from an answer that is an error in Prometheus's form, as Thanos Query gives it, or the frontend as plain
// text. Of anything else, such as a panic's page, only the status goes on.
func upstreamProblem(response *http.Response) *problem {
	p := &problem{status: response.StatusCode, kind: "internal", message: "the query service failed"}
	if p.status < 400 {
		p.status = http.StatusBadGateway
	}
	if p.status < 500 {
		p.kind = "bad_data"
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return p
	}
	var known struct {
		Status, ErrorType, Error string
	}
	if json.Unmarshal(body, &known) == nil && known.Status == "error" {
		p.kind, p.message = known.ErrorType, shortened(known.Error)
	} else if text := strings.TrimSpace(string(body)); p.status < 500 && text != "" && !strings.HasPrefix(text, "<") {
		p.message = shortened(text)
	}
	return p
}

// shortened keeps an error's text to what people read.
func shortened(text string) string {
	const most = 2000
	text = strings.ToValidUTF8(text, "�")
	if len(text) <= most {
		return text
	}
	cut := most
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + " …"
}

// newClient asks the same hosts again and again. Answers come as they are, not compressed: their size is what is bounded.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.DisableCompression = true
	transport.MaxIdleConnsPerHost = 100
	transport.ResponseHeaderTimeout = 0
	transport.IdleConnTimeout = time.Minute
	return &http.Client{
		Transport: transport,
		// An answer that sends elsewhere is none.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
