package stateonly

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"moat.dev/toolchain/plugins/internal/rpc"
)

func sample() Type {
	return Type{
		Inputs: []resource.PropertyKey{"length", "hours", "upper"}, Required: []resource.PropertyKey{"length"},
		Defaults: resource.PropertyMap{"upper": resource.NewProperty(true)}, Outputs: []resource.PropertyKey{"result"},
		Secrets: []resource.PropertyKey{"result"}, InPlace: []resource.PropertyKey{"hours"},
	}
}

func props(v map[string]any) resource.PropertyMap { return resource.NewPropertyMapFromMap(v) }

func TestFailures(t *testing.T) {
	got := sample().failures(props(map[string]any{"lenght": 3, "__defaults": []any{}}))
	if len(got) != 2 {
		t.Errorf("a missing and an unknown property are two mistakes: %v", got)
	}
}

func TestDiff(t *testing.T) {
	for name, c := range map[string]struct {
		old, now        map[string]any
		diffs, replaces int
	}{
		"nothing":                   {map[string]any{"length": 3}, map[string]any{"length": 3}, 0, 0},
		"a default that is spelled": {map[string]any{"length": 3}, map[string]any{"length": 3, "upper": true}, 0, 0},
		"a value":                   {map[string]any{"length": 3}, map[string]any{"length": 4}, 1, 1},
		"a value that may change":   {map[string]any{"length": 3}, map[string]any{"length": 3, "hours": 1}, 1, 0},
	} {
		got := sample().diff(props(c.old), props(c.now), nil, time.Now())
		if len(got.Diffs) != c.diffs || len(got.Replaces) != c.replaces {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestOutputs(t *testing.T) {
	secret := resource.PropertyMap{"length": resource.MakeSecret(resource.NewProperty(3.0))}
	out := sample().outputs(secret, Strings(map[resource.PropertyKey]string{"result": "x"}))
	if !out["result"].IsSecret() || !out["length"].IsSecret() || !out["upper"].BoolValue() {
		t.Errorf("got %v", out)
	}
	if previewed := sample().previewed(secret); !rpc.Reveal(previewed["result"]).IsComputed() {
		t.Errorf("at preview an output is unknown: %v", previewed)
	}
}
