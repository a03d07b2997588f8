package languagehost

import (
	"reflect"
	"testing"
)

func TestSplitWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                          nil,
		"--require tsx/cjs":         {"--require", "tsx/cjs"},
		`  --title 'a b'  "c 'd'" `: {"--title", "a b", "c 'd'"},
		`a\ b ''`:                   {"a b", ""},
	} {
		got, err := splitWords(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("splitWords(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	if _, err := splitWords("'open"); err == nil {
		t.Error("an open quote must be refused")
	}
}

func TestParseOptions(t *testing.T) {
	o, err := parseOptions(map[string]any{"typescript": false, "nodeargs": "--require tsx/cjs", "packagemanager": "npm"})
	if err != nil || o.typescript || len(o.environment()) != 0 || len(o.nodeargs) != 2 {
		t.Errorf("got %+v, %v", o, err)
	}
	if o, _ := parseOptions(nil); !o.typescript {
		t.Error("typescript is on by default")
	}
	if _, err := parseOptions(map[string]any{"typescript": "false"}); err == nil {
		t.Error("a text is no truth")
	}
}
