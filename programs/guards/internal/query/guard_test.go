package query

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"moat.dev/guards/internal/door"
	"moat.dev/guards/internal/tenant"
)

// thanos plays a program behind the guard and keeps what it was asked.
type thanos struct {
	*httptest.Server
	mutex  sync.Mutex
	asked  []*http.Request
	forms  []url.Values
	answer http.HandlerFunc
}

func newThanos(t *testing.T) *thanos {
	th := &thanos{answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status":"success","data":[]}`)
	}}
	th.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		th.mutex.Lock()
		th.asked, th.forms = append(th.asked, r), append(th.forms, r.Form)
		th.mutex.Unlock()
		th.answer(w, r)
	}))
	t.Cleanup(th.Close)
	return th
}

func (th *thanos) last(t *testing.T) (*http.Request, url.Values) {
	t.Helper()
	th.mutex.Lock()
	defer th.mutex.Unlock()
	if len(th.asked) == 0 {
		t.Fatal("nothing was asked")
	}
	return th.asked[len(th.asked)-1], th.forms[len(th.forms)-1]
}

// openDoor believes the header, as if everybody might read everything.
type openDoor struct{}

func (openDoor) Enter(r *http.Request) (tenant.Namespaces, error) {
	namespaces, err := tenant.Of(r.Header.Values("X-Moat-Namespace"))
	if err != nil {
		return nil, &door.Refusal{Status: http.StatusBadRequest, Message: err.Error()}
	}
	return namespaces, nil
}

type stand struct {
	*httptest.Server
	guard           *Guard
	query, frontend *thanos
}

func newStand(t *testing.T, change ...func(*Options)) *stand {
	s := &stand{query: newThanos(t), frontend: newThanos(t)}
	target := func(th *thanos) *url.URL {
		u, err := url.Parse(th.URL)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	o := Options{
		Label: "namespace", ReplicaLabel: "prometheus_replica", Door: openDoor{},
		Query: target(s.query), Frontend: target(s.frontend), Stores: "127.0.0.1:1",
		Dial:    []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())},
		Metrics: prometheus.NewRegistry(),
	}
	o.Bounds.Flags(flag.NewFlagSet("", flag.PanicOnError))
	for _, c := range change {
		c(&o)
	}
	s.guard = New(o)
	s.Server = httptest.NewServer(s.guard.Handler())
	t.Cleanup(s.Close)
	return s
}

// ask sends a request as alpha, with headers as `name: value`.
func (s *stand) ask(t *testing.T, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("X-Moat-Namespace", "alpha")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "+X-Moat-Namespace" {
			r.Header.Add("X-Moat-Namespace", value)
		} else if value == "" {
			r.Header.Del(name)
		} else {
			r.Header.Set(name, value)
		}
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func (s *stand) get(t *testing.T, path string, params ...string) (int, string) {
	t.Helper()
	return s.ask(t, "GET", path+"?"+form(params...), "")
}

func form(params ...string) string {
	values := url.Values{}
	for i := 0; i < len(params); i += 2 {
		values.Add(params[i], params[i+1])
	}
	return values.Encode()
}

const confined = `{namespace=~"alpha"}`

func TestR1SelectorsInABody(t *testing.T) {
	s := newStand(t)
	for _, path := range []string{"/api/v1/series", "/api/v1/labels"} {
		status, _ := s.ask(t, "POST", path+"?"+form("match[]", "a"), form("match[]", "sample_orders_total", "match[]", "b"))
		r, asked := s.query.last(t)
		want := []string{"a" + confined, "sample_orders_total" + confined, "b" + confined}
		if status != 200 || r.URL.Path != path || fmt.Sprint(asked["match[]"]) != fmt.Sprint(want) {
			t.Errorf("%s: %d, asked %s for %q", path, status, r.URL.Path, asked["match[]"])
		}
	}
	// Without one, all of the tenant's.
	s.get(t, "/api/v1/labels")
	if _, asked := s.query.last(t); fmt.Sprint(asked["match[]"]) != "["+confined+"]" {
		t.Errorf("asked for %q", asked["match[]"])
	}
}

func TestR2R3BrokenRequestsAreAnsweredWithAnError(t *testing.T) {
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	fmt.Fprint(writer, "query=up")
	writer.Close()
	s := newStand(t)
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
	}{
		"no query":               {"GET", "/api/v1/query", "", nil, 400},
		"empty query":            {"GET", "/api/v1/query?query=", "", nil, 400},
		"JSON":                   {"POST", "/api/v1/query", `{"query":"up"}`, []string{"Content-Type: application/json"}, 400},
		"JSON and a query":       {"POST", "/api/v1/query?query=up", `{"query":"up"}`, []string{"Content-Type: application/json"}, 400},
		"multipart":              {"POST", "/api/v1/query", "--x\r\n", []string{"Content-Type: multipart/form-data; boundary=x"}, 400},
		"no type":                {"POST", "/api/v1/query", "query=up", []string{"Content-Type: "}, 400},
		"compressed":             {"POST", "/api/v1/query", zipped.String(), []string{"Content-Encoding: gzip"}, 400},
		"broken match[]":         {"POST", "/api/v1/series", "match[]={", nil, 400},
		"match[] is no selector": {"POST", "/api/v1/labels", "match[]=" + url.QueryEscape("rate(up[5m])"), nil, 400},
		"no match[]":             {"GET", "/api/v1/series", "", nil, 400},
		"two queries":            {"GET", "/api/v1/query?query=up&query=down", "", nil, 400},
		"query in url and body":  {"POST", "/api/v1/query?query=up", "query=up", nil, 400},
		"semicolon":              {"GET", "/api/v1/query?query=up;time=1", "", nil, 400},
		"broken escape":          {"GET", "/api/v1/query?query=%zz", "", nil, 400},
		"broken escape in body":  {"POST", "/api/v1/query", "query=%zz", nil, 400},
		"time":                   {"GET", "/api/v1/query?query=up&time=NaN", "", nil, 400},
		"far time":               {"GET", "/api/v1/query?query=up&time=1e300", "", nil, 400},
		"no step":                {"GET", "/api/v1/query_range?query=up&start=1&end=2", "", nil, 400},
		"step of zero":           {"GET", "/api/v1/query_range?query=up&start=1&end=2&step=0", "", nil, 400},
		"backwards":              {"GET", "/api/v1/query_range?query=up&start=2&end=1&step=1", "", nil, 400},
		"limit":                  {"GET", "/api/v1/labels?limit=-1", "", nil, 400},
		"dedup":                  {"GET", "/api/v1/query?query=up&dedup=perhaps", "", nil, 400},
		"label":                  {"GET", "/api/v1/label/%ff/values", "", nil, 400},
		"too large":              {"POST", "/api/v1/query", "query=up&x=" + strings.Repeat("x", 1_000_001), nil, 413},
		"HEAD":                   {"HEAD", "/api/v1/query?query=up", "", nil, 405},
		"PUT":                    {"PUT", "/api/v1/query?query=up", "", nil, 405},
		"POST of values":         {"POST", "/api/v1/label/job/values", "", nil, 405},
		"POST of rules":          {"POST", "/api/v1/rules", "", nil, 405},
		"slash at the end":       {"GET", "/api/v1/query/?query=up", "", nil, 404},
		"metadata":               {"GET", "/api/v1/metadata", "", nil, 404},
		"explain":                {"GET", "/api/v1/query_explain?query=up", "", nil, 404},
		"stores":                 {"GET", "/api/v1/stores", "", nil, 404},
		"a slash in a label":     {"GET", "/api/v1/label/a%2Fb/values", "", nil, 404},
	} {
		status, body := s.ask(t, c.method, c.path, c.body, c.headers...)
		var a answer
		if status != c.status || (c.method != "HEAD" && (json.Unmarshal([]byte(body), &a) != nil || a.Status != "error" || a.Error == "")) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if len(s.query.asked)+len(s.frontend.asked) > 0 {
		t.Errorf("Thanos was asked %v %v", s.query.asked, s.frontend.asked)
	}
}

func TestR4NamesOfLabels(t *testing.T) {
	s := newStand(t)
	for given, want := range map[string]string{
		"job": "job", "service.name": "service.name", "U__service_2e_name": "service.name", "__name__": "__name__",
	} {
		status, body := s.get(t, "/api/v1/label/"+given+"/values", "match[]", `{job="x"}`)
		r, asked := s.query.last(t)
		if status != 200 || r.URL.Path != "/api/v1/label/"+want+"/values" || asked.Get("match[]") != `{namespace=~"alpha",job="x"}` {
			t.Errorf("%s: %d %s, asked %s %s", given, status, body, r.URL.Path, asked)
		}
	}
	if status, _ := s.get(t, "/api/v1/label/U__a_2f_b/values"); status != 400 {
		t.Errorf("a name that no path can carry: %d", status)
	}
}

func TestRangesGoToTheFrontendUnlessItWouldChangeThem(t *testing.T) {
	s := newStand(t)
	for query, frontend := range map[string]bool{`a * on (b) c`: true, `a * on ("service.name") c`: false} {
		before := len(s.frontend.asked)
		if status, body := s.get(t, "/api/v1/query_range", "query", query, "start", "1", "end", "2", "step", "1s"); status != 200 {
			t.Errorf("%s: %d %s", query, status, body)
		}
		if (len(s.frontend.asked) > before) != frontend {
			t.Errorf("%s: to the frontend %v", query, !frontend)
		}
	}
	if s.get(t, "/api/v1/query", "query", "up"); len(s.query.asked) != 2 {
		t.Error("an instant query did not go to Thanos Query")
	}
	s.get(t, "/api/v1/query_range", "query", "up", "start", "1", "end", "2", "step", "1", "dedup", "false")
	if len(s.query.asked) != 3 {
		t.Error("the frontend's cache does not tell dedup=false apart")
	}
}

func TestR6R7Namespaces(t *testing.T) {
	s := newStand(t)
	s.ask(t, "GET", "/api/v1/query?query="+url.QueryEscape(`up{namespace="alpha-jobs"}`), "", "+X-Moat-Namespace: alpha-jobs", "+X-Moat-Namespace: alpha")
	r, asked := s.query.last(t)
	if asked.Get("query") != `up{namespace=~"alpha|alpha-jobs",namespace="alpha-jobs"}` || fmt.Sprint(r.Header.Values("THANOS-TENANT")) != "[alpha,alpha-jobs]" {
		t.Errorf("asked %q as %v", asked, r.Header.Values("THANOS-TENANT"))
	}
	for _, name := range []string{"", "alpha,beta", "alpha|beta", ".*", "Alpha", "alpha ", "default-tenant", "-a", strings.Repeat("a", 64)} {
		headers := []string{"X-Moat-Namespace: " + name}
		if status, _ := s.ask(t, "GET", "/api/v1/query?query=up", "", headers...); name != "alpha " && status != 400 {
			t.Errorf("%q: %d", name, status)
		}
	}
	if status, _ := s.ask(t, "GET", "/api/v1/query?query=up", "", "+X-Moat-Namespace: beta,alpha"); status != 400 {
		t.Errorf("one bad of two: %d", status)
	}
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("+X-Moat-Namespace: %s-%d", strings.Repeat("a", 50), i))
	}
	if status, _ := s.ask(t, "GET", "/api/v1/query?query=up", "", many...); status != 400 {
		t.Errorf("a header that would be longer than a label's value: %d", status)
	}
}

func TestNothingOfTheClientsRequestGoesOnButWhatIsKnown(t *testing.T) {
	s := newStand(t)
	s.ask(t, "POST", "/api/v1/query?engine=thanos&storeMatch[]=%7B%7D&analyze=true&explain=true&namespace=beta&tenant=beta&shard_info=%7B%7D",
		form("query", "up", "time", "2026-11-30T00:00:00Z", "dedup", "0", "lookback_delta", "1h", "replicaLabels[]", "pod", "max_source_resolution", "5m", "stats", "yes"),
		"THANOS-TENANT: beta", "Authorization: Bearer x", "Cookie: a=b", "X-Scope-OrgID: beta", "Cache-Control: no-store", "X-Request-Id: 1", "Accept-Encoding: zstd")
	r, asked := s.query.last(t)
	want := url.Values{
		"query": {"up" + confined}, "time": {"1795996800"}, "dedup": {"false"}, "lookback_delta": {"3600"},
		"replicaLabels[]": {"pod"}, "max_source_resolution": {"300"}, "stats": {"all"},
	}
	if asked.Encode() != want.Encode() {
		t.Errorf("asked %v", asked)
	}
	for name, values := range r.Header {
		switch name {
		case "Thanos-Tenant", "Accept", "Content-Type", "Content-Length", "User-Agent":
		default:
			t.Errorf("header %s: %v went on", name, values)
		}
	}
	if fmt.Sprint(r.Header.Values("THANOS-TENANT")) != "[alpha]" {
		t.Errorf("asked as %v", r.Header.Values("THANOS-TENANT"))
	}
}

func TestR9R10LimitsAndAllOfTime(t *testing.T) {
	s := newStand(t)
	now := time.Now()
	for _, path := range []string{"/api/v1/labels", "/api/v1/label/job/values", "/api/v1/series"} {
		status, body := s.get(t, path, "match[]", "up", "limit", "2", "start", "-9223372036", "end", "9223372036")
		_, asked := s.query.last(t)
		start, _, _ := readTime(asked, "start")
		end, _, _ := readTime(asked, "end")
		length := (end - start).duration()
		if status != 200 || asked.Get("limit") != "2" || length > 402*24*time.Hour || float64(end) < float64(now.Unix()) {
			t.Errorf("%s: %d %s, asked %v", path, status, body, asked)
		}
	}
	// What lies in bounds stays.
	s.get(t, "/api/v1/labels", "start", fmt.Sprint(now.Unix()-60), "end", fmt.Sprint(now.Unix()))
	if _, asked := s.query.last(t); asked.Get("start") != fmt.Sprint(now.Unix()-60) || asked.Get("end") != fmt.Sprint(now.Unix()) {
		t.Errorf("asked %v", asked)
	}
	// So does what lies wholly outside: an empty span, and no error.
	s.get(t, "/api/v1/labels", "start", "1", "end", "2")
	if _, asked := s.query.last(t); asked.Get("start") != asked.Get("end") {
		t.Errorf("asked %v", asked)
	}
	if status, _ := s.get(t, "/api/v1/query_range", "query", "up", "start", "0", "end", fmt.Sprint(now.Unix()), "step", "86400"); status != 422 {
		t.Errorf("a range of half a century: %d", status)
	}
	if status, _ := s.get(t, "/api/v1/query_range", "query", "up", "start", "0", "end", "11002", "step", "1"); status != 400 {
		t.Errorf("11,002 steps: %d", status)
	}
}

func TestAnswersOfThanos(t *testing.T) {
	s := newStand(t)
	for name, c := range map[string]struct {
		status   int
		kind     string
		body     string
		want     int
		contains string
	}{
		"data":                 {200, "application/json", `{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["w"]}`, 200, `"warnings":["w"]`},
		"an error":             {422, "application/json", `{"status":"error","errorType":"execution","error":"many-to-many"}`, 422, `"errorType":"execution","error":"many-to-many"`},
		"of the frontend":      {400, "text/plain", "end is before start\n", 400, `"error":"end is before start"`},
		"through the frontend": {422, "text/plain", `{"status":"error","errorType":"execution","error":"many"}`, 422, `"error":"many"`},
		"a page":               {502, "text/html", "<html>secret", 502, "the query service failed"},
		"a panic":              {500, "text/plain", "goroutine 1: secret", 500, "the query service failed"},
		"no JSON":              {200, "text/html", "<html>secret", 502, "did not answer in JSON"},
		"a redirect":           {302, "text/html", "secret", 502, "the query service failed"},
		"nothing":              {204, "application/json", "", 502, "the query service failed"},
	} {
		s.query.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.kind)
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(c.status)
			if c.status != 204 {
				fmt.Fprint(w, c.body)
			}
		}
		status, body := s.get(t, "/api/v1/query", "query", "up")
		if status != c.want || !strings.Contains(body, c.contains) || strings.Contains(body, "secret") || body == "" {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	s.query.Close()
	if status, body := s.get(t, "/api/v1/query", "query", "up"); status != 503 || !strings.Contains(body, "unavailable") {
		t.Errorf("nobody there: %d %s", status, body)
	}
}

func TestAnAnswerAboveTheBoundIsBrokenOff(t *testing.T) {
	s := newStand(t, func(o *Options) { o.Bounds.Response = 200_000 })
	write := func(w http.ResponseWriter, n int) {
		w.Header().Set("Content-Type", "application/json")
		for range n {
			fmt.Fprint(w, strings.Repeat("x", 1000))
			w.(http.Flusher).Flush()
		}
	}
	s.query.answer = func(w http.ResponseWriter, _ *http.Request) { write(w, 200) }
	if status, body := s.get(t, "/api/v1/query", "query", "up"); status != 200 || len(body) != 200_000 {
		t.Errorf("at the bound: %d, %d bytes", status, len(body))
	}
	s.query.answer = func(w http.ResponseWriter, _ *http.Request) { write(w, 201) }
	// Go's client would send a GET again.
	r, _ := http.NewRequest("POST", s.URL+"/api/v1/query?query=up", nil)
	r.Header.Set("X-Moat-Namespace", "alpha")
	response, err := http.DefaultClient.Do(r)
	if err == nil {
		_, err = io.ReadAll(response.Body)
		response.Body.Close()
	}
	if err == nil {
		t.Error("the client takes an answer that was cut for whole")
	}
	s.query.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "300000")
		write(w, 300)
	}
	if status, body := s.get(t, "/api/v1/query", "query", "up"); status != 422 || !strings.Contains(body, "too large") {
		t.Errorf("a length above the bound: %d %s", status, body)
	}
	if n := testutil.ToFloat64(s.guard.metrics.refused.WithLabelValues("alpha", "response_size")); n != 2 {
		t.Errorf("counted %v refusals", n)
	}
}

func TestAnAnswerThatLacksWhatAStoreHeldBackIsNone(t *testing.T) {
	s := newStand(t)
	warning := `,"warnings":["receive series: rpc error: code = ResourceExhausted desc = ` + tenant.Exhausted + `: the query"]}`
	answer := func(data, end string) {
		s.query.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"status":"success","data":"`+data+`"`+end)
		}
	}
	post := func() (int, string, error) {
		// Go's client would send a GET again.
		r, _ := http.NewRequest("POST", s.URL+"/api/v1/query?query=up", nil)
		r.Header.Set("X-Moat-Namespace", "alpha")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return response.StatusCode, string(body), err
	}
	for _, size := range []int{0, 1000, tailBytes - 100, tailBytes, tailBytes + 1, 2 * tailBytes, 2*tailBytes - 100, 300_000} {
		data := strings.Repeat("x", size)
		answer(data, `,"warnings":["one of two stores is away"]}`)
		if status, body, err := post(); err != nil || status != 200 || !strings.Contains(body, data) || !strings.HasSuffix(body, "away\"]}") {
			t.Errorf("%d bytes and another warning: %d %v", size, status, err)
		}
		answer(data, warning)
		status, body, err := post()
		if size < 1001 && (err != nil || status != 422 || !strings.Contains(body, "too many series")) {
			t.Errorf("%d bytes: %d %s %v", size, status, body, err)
		}
		if err == nil && status == 200 {
			t.Errorf("%d bytes: the client takes an answer that lacks series for whole", size)
		}
	}
	answer(tenant.Exhausted, "}")
	if status, _, err := post(); err != nil || status != 200 {
		t.Errorf("the words in a label's value: %d %v", status, err)
	}
	if n := testutil.ToFloat64(s.guard.metrics.refused.WithLabelValues("alpha", "selected_bytes")); n != 8 {
		t.Errorf("counted %v refusals", n)
	}
}

func TestAnswersAreCompressedForWhoAsks(t *testing.T) {
	s := newStand(t)
	s.query.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"status":"success","data":"%s"}`, strings.Repeat("x", 10_000))
	}
	for accepted, want := range map[string]string{"gzip": "gzip", "zstd": "zstd", "br": "", "identity": ""} {
		r, _ := http.NewRequest("GET", s.URL+"/api/v1/query?query=up", nil)
		r.Header.Set("X-Moat-Namespace", "alpha")
		r.Header.Set("Accept-Encoding", accepted)
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.Header.Get("Content-Encoding") != want {
			t.Errorf("%s: %q", accepted, response.Header.Get("Content-Encoding"))
		}
	}
}

func TestOneTenantsLoadKeepsNobodyElseWaiting(t *testing.T) {
	s := newStand(t, func(o *Options) { o.Bounds.Concurrency, o.Bounds.Queue, o.Bounds.Patience = 2, 1, time.Minute })
	hold, arrived := make(chan struct{}), make(chan struct{}, 10)
	s.query.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("THANOS-TENANT") != "beta" {
			arrived <- struct{}{}
			<-hold
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status":"success","data":[]}`)
	}
	statuses := make(chan int, 3)
	for range 3 {
		go func() {
			status, _ := s.ask(t, "GET", "/api/v1/query?query=up", "")
			statuses <- status
		}()
	}
	<-arrived
	<-arrived
	waiting := func() int {
		s.guard.slots.mutex.Lock()
		defer s.guard.slots.mutex.Unlock()
		return s.guard.slots.of["alpha"].waiting
	}
	for waiting() == 0 {
		time.Sleep(time.Millisecond)
	}
	if status, body := s.get(t, "/api/v1/query", "query", "up"); status != 429 || !strings.Contains(body, "too_many_requests") {
		t.Errorf("the fourth: %d %s", status, body)
	}
	if status, _ := s.ask(t, "GET", "/api/v1/query?query=up", "", "X-Moat-Namespace: beta"); status != 200 {
		t.Errorf("beta: %d", status)
	}
	close(hold)
	for range 3 {
		if status := <-statuses; status != 200 {
			t.Errorf("one that waited: %d", status)
		}
	}
	if n := testutil.ToFloat64(s.guard.metrics.refused.WithLabelValues("alpha", "concurrency")); n != 1 {
		t.Errorf("counted %v refusals", n)
	}
}

func TestReadyOnlyWhileThanosIs(t *testing.T) {
	s := newStand(t)
	if err := s.guard.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	s.frontend.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }
	if s.guard.Ready(t.Context()) == nil {
		t.Error("ready without the frontend")
	}
}
