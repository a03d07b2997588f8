package tenant

import (
	"fmt"
	"testing"
)

func TestOneFormForTheSameNamespaces(t *testing.T) {
	got, err := Of([]string{"beta", "alpha", "beta"})
	if err != nil || got.String() != "alpha,beta" {
		t.Fatalf("%v %v", got, err)
	}
	again, err := Parse(got.String())
	if err != nil || fmt.Sprint(again) != fmt.Sprint(got) {
		t.Errorf("%v %v", again, err)
	}
	if m := got.Matcher("namespace"); m.String() != `namespace=~"alpha|beta"` || !m.Matches("beta") || m.Matches("betas") || m.Matches("") || m.Matches("xalpha") {
		t.Errorf("%s", m)
	}
	if got.Has("") || got.Has("alpha,beta") || !got.Has("alpha") {
		t.Error("whose is it?")
	}
}

func TestNothingElseIsANamespace(t *testing.T) {
	for _, text := range []string{"", ",", "alpha,", "beta,alpha", "alpha,alpha", "A", "a_b", "a.b", "a|b", ".*", "-a", "a-", " a", "a\n", "default-tenant", "ä"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q became %v", text, got)
		}
	}
	if got, err := Of(nil); err == nil {
		t.Errorf("nobody became %v", got)
	}
}
