package admit

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func open(t *testing.T) (*Webhook, *httptest.Server) {
	t.Helper()
	options := defaultOptions()
	options.Metrics = prometheus.NewRegistry()
	webhook := New(options)
	server := httptest.NewServer(webhook.Handler())
	t.Cleanup(server.Close)
	return webhook, server
}

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	answer, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func question(kind, spec string) string {
	return fmt.Sprintf(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u1","kind":{"group":"monitoring.coreos.com","version":"v1","kind":%q},
		"namespace":"alpha","operation":"CREATE","userInfo":{"username":"x"},"object":{"metadata":{"name":"n","namespace":"alpha"},"spec":%s},"oldObject":null}}`, kind, spec)
}

func ask(t *testing.T, url, body string) response {
	t.Helper()
	code, text := post(t, url, body)
	var got review
	if err := json.Unmarshal([]byte(text), &got); code != http.StatusOK || err != nil || got.APIVersion != apiVersion || got.Kind != reviewKind || got.Response == nil {
		t.Fatalf("%d %s: %v", code, text, err)
	}
	if got.Response.UID != "u1" {
		t.Errorf("the answer is to another question: %s", text)
	}
	return *got.Response
}

func TestRulesAreAnswered(t *testing.T) {
	webhook, server := open(t)
	rules := func(expr string) string {
		return fmt.Sprintf(`{"groups":[{"name":"g","rules":[{"record":"a:b","expr":%s}]}]}`, expr)
	}
	for _, expr := range []string{`"up"`, `1`} {
		if got := ask(t, server.URL+RulesPath, question("PrometheusRule", rules(expr))); !got.Allowed || got.Status != nil || got.Patch != nil {
			t.Errorf("%s: %+v", expr, got)
		}
	}
	got := ask(t, server.URL+RulesPath, question("PrometheusRule", rules(`"topk(scalar(up), up)"`)))
	if got.Allowed || got.Status == nil || got.Status.Code != http.StatusForbidden || !strings.HasPrefix(got.Status.Message, `T8h: group "g", record "a:b": `) {
		t.Errorf("%+v", got)
	}
	if n := testutil.ToFloat64(webhook.refused.WithLabelValues("enforcement")); n != 1 {
		t.Errorf("%v refusals are counted", n)
	}
	for answer, want := range map[string]float64{"allowed": 2, "refused": 1, "failed": 0} {
		if n := testutil.ToFloat64(webhook.reviews.WithLabelValues(RulesPath, answer)); n != want {
			t.Errorf("%v are %s, not %v", n, answer, want)
		}
	}
}

func TestMonitorsGetWhatTheyDoNotSay(t *testing.T) {
	_, server := open(t)
	for _, c := range []struct{ kind, spec, want string }{
		{"ServiceMonitor", `{"endpoints":[{"port":"a"},{"port":"b","followRedirects":true},{},{"followRedirects":false},{"followRedirects":null}]}`,
			`[{"op":"add","path":"/spec/endpoints/0/followRedirects","value":false},{"op":"add","path":"/spec/endpoints/2/followRedirects","value":false},{"op":"add","path":"/spec/endpoints/4/followRedirects","value":false}]`},
		{"PodMonitor", `{"podMetricsEndpoints":[{"port":"a"}],"endpoints":[{}]}`,
			`[{"op":"add","path":"/spec/podMetricsEndpoints/0/followRedirects","value":false}]`},
		{"Probe", `{"prober":{"url":"x"}}`, `[{"op":"add","path":"/spec/followRedirects","value":false}]`},
		{"Probe", `{"followRedirects":true}`, ""},
		{"ServiceMonitor", `{"endpoints":[]}`, ""},
		{"ServiceMonitor", `{}`, ""},
		// What the API server refuses next.
		{"ServiceMonitor", `{"endpoints":{"a":1}}`, ""}, {"ServiceMonitor", `{"endpoints":["a",1,null]}`, ""}, {"ServiceMonitor", `"a"`, ""}, {"ServiceMonitor", `null`, ""}, {"Probe", `null`, ""}, {"Probe", `[]`, ""},
	} {
		got := ask(t, server.URL+MonitorsPath, question(c.kind, c.spec))
		if !got.Allowed || string(got.Patch) != c.want || (got.PatchType == "JSONPatch") != (c.want != "") {
			t.Errorf("%s %s\n got %s\nwant %s", c.kind, c.spec, got.Patch, c.want)
		}
	}
}

func TestWhatIsNoQuestionGetsNoAnswer(t *testing.T) {
	webhook, server := open(t)
	bad := map[string][]string{
		RulesPath: {
			"", "{", "{}", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`,
			question("ServiceMonitor", "{}"),
			strings.Replace(question("PrometheusRule", "{}"), `"monitoring.coreos.com"`, `"apps"`, 1),
			strings.Replace(question("PrometheusRule", "{}"), "CREATE", "DELETE", 1),
			strings.Replace(question("PrometheusRule", "{}"), `"namespace":"alpha","operation"`, `"operation"`, 1),
			strings.Replace(question("PrometheusRule", "{}"), "admission.k8s.io/v1", "admission.k8s.io/v1beta1", 1),
			question("PrometheusRule", strings.Repeat(" ", mostBytes)+"{}"),
		},
		MonitorsPath: {question("PrometheusRule", "{}")},
	}
	for path, bodies := range bad {
		for _, body := range bodies {
			if code, text := post(t, server.URL+path, body); code != http.StatusBadRequest {
				t.Errorf("%s %.200s: %d %s", path, body, code, text)
			}
		}
		if n := testutil.ToFloat64(webhook.reviews.WithLabelValues(path, "failed")); n != float64(len(bodies)) {
			t.Errorf("%v failures are counted", n)
		}
	}
	if code, _ := post(t, server.URL+"/", "{}"); code != http.StatusNotFound {
		t.Error(code)
	}
	answer, err := http.Get(server.URL + RulesPath)
	if err != nil || answer.StatusCode != http.StatusMethodNotAllowed {
		t.Error(answer, err)
	}
}
