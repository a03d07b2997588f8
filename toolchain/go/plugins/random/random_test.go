package random

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/bcrypt"
)

func inputs(changes map[string]any) resource.PropertyMap {
	all := types["index/randomPassword:RandomPassword"].Defaults.Copy()
	for key, value := range resource.NewPropertyMapFromMap(changes) {
		all[key] = value
	}
	return all
}

func count(s, characters string) int {
	n := 0
	for _, r := range s {
		if strings.ContainsRune(characters, r) {
			n++
		}
	}
	return n
}

func TestDrawKeepsTheLeast(t *testing.T) {
	for range 200 {
		got, err := draw(inputs(map[string]any{
			"length": 12, "minUpper": 3, "minNumeric": 2, "minSpecial": 2, "minLower": 1, "overrideSpecial": "_~",
		}))
		if err != nil || len(got) != 12 || count(got, uppers) < 3 || count(got, digits) < 2 || count(got, "_~") < 2 ||
			count(got, lowers) < 1 || count(got, uppers+lowers+digits+"_~") != 12 {
			t.Fatalf("got %q, %v", got, err)
		}
	}
}

func TestDrawTakesOnlyWhatIsOn(t *testing.T) {
	got, err := draw(inputs(map[string]any{"length": 100, "special": false, "upper": false, "number": false}))
	if err != nil || count(got, lowers) != 100 {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestRulesRefuse(t *testing.T) {
	for _, c := range []map[string]any{
		{"length": 0},
		{"length": 3, "minUpper": 2, "minLower": 2},
		{"length": 3, "upper": false, "lower": false, "numeric": false, "special": false},
	} {
		if _, err := rulesOf(inputs(c)); err == nil {
			t.Errorf("%v must be refused", c)
		}
	}
}

func TestPasswordHash(t *testing.T) {
	for _, length := range []int{16, 100} {
		_, out, err := password(inputs(map[string]any{"length": length}))
		if err != nil {
			t.Fatal(err)
		}
		result := out["result"].StringValue()
		hashed := []byte(result)[:min(length, 72)]
		if err := bcrypt.CompareHashAndPassword([]byte(out["bcryptHash"].StringValue()), hashed); err != nil {
			t.Error(err)
		}
	}
}

func TestID(t *testing.T) {
	id, out, err := id(inputs(map[string]any{"byteLength": 4, "prefix": "p-"}))
	if err != nil || len(out["hex"].StringValue()) != 10 || out["b64Url"].StringValue() != "p-"+id {
		t.Errorf("got %q, %v, %v", id, out, err)
	}
}
