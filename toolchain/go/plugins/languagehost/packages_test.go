package languagehost

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestRequiredPackages(t *testing.T) {
	program := t.TempDir()
	for path, text := range map[string]string{
		"@pulumi/random/package.json":                    `{"name":"@pulumi/random","version":"4.21.2","pulumi":{"resource":true}}`,
		"@pulumi/pulumi/package.json":                    `{"name":"@pulumi/pulumi","version":"3.246.0","pulumi":{"comment":"none"}}`,
		"third/package.json":                             `{"name":"third","version":"1.0.0","pulumi":{"resource":true,"name":"three","version":"v2.0.0"}}`,
		"plain/package.json":                             `{"name":"plain","version":"1.0.0"}`,
		"plain/node_modules/@pulumi/random/package.json": `{"name":"@pulumi/random","version":"4.0.0","pulumi":{"resource":true}}`,
		".cache/package.json":                            `{"name":"hidden","version":"1.0.0","pulumi":{"resource":true,"name":"hidden"}}`,
	} {
		file := filepath.Join(program, "node_modules", path)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := requiredPackages(program)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range found {
		got = append(got, d.Name+" "+d.Version)
	}
	slices.Sort(got)
	if want := []string{"random v4.0.0", "random v4.21.2", "three v2.0.0"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
