package languagehost

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is what matters of a package.json.
type manifest struct {
	Name    string                  `json:"name"`
	Version string                  `json:"version"`
	Pulumi  plugin.PulumiPluginJSON `json:"pulumi"`
}

// requiredPackages lists the plugins that the packages in node_modules ask for, in the version they ask for.
func requiredPackages(program string) ([]*pulumirpc.PackageDependency, error) {
	var found []*pulumirpc.PackageDependency
	seen := map[string]bool{}
	for _, m := range manifests(filepath.Join(program, "node_modules")) {
		dependency, err := dependencyOf(m)
		if err != nil {
			return nil, err
		}
		if dependency == nil || seen[dependency.Name+"@"+dependency.Version] {
			continue
		}
		seen[dependency.Name+"@"+dependency.Version] = true
		found = append(found, dependency)
	}
	return found, nil
}

// manifests reads the packages of one node_modules and of those nested in it.
func manifests(dir string) []manifest {
	var all []manifest
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // no packages are no plugins; the program itself says what it misses
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		switch {
		case strings.HasPrefix(entry.Name(), "."):
		case strings.HasPrefix(entry.Name(), "@"):
			all = append(all, manifests(path)...)
		default:
			if m, ok := readManifest(filepath.Join(path, "package.json")); ok {
				all = append(all, m)
			}
			all = append(all, manifests(filepath.Join(path, "node_modules"))...)
		}
	}
	return all
}

// readManifest parses only what mentions Pulumi: most packages do not.
func readManifest(path string) (manifest, bool) {
	var m manifest
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || !bytes.Contains(b, []byte(`"pulumi"`)) {
		return m, false
	}
	return m, json.Unmarshal(b, &m) == nil
}

// dependencyOf is nil for a package without a plugin.
func dependencyOf(m manifest) (*pulumirpc.PackageDependency, error) {
	if !m.Pulumi.Resource {
		return nil, nil
	}
	name := m.Pulumi.Name
	if name == "" {
		scoped, ok := strings.CutPrefix(m.Name, "@pulumi/")
		if !ok {
			return nil, errors.New(m.Name + ": its package.json has no name under pulumi; update the package")
		}
		name = scoped
	}
	version := m.Pulumi.Version
	if version == "" {
		version = m.Version
	}
	d := &pulumirpc.PackageDependency{
		Name: name, Kind: "resource", Version: "v" + strings.TrimPrefix(version, "v"), Server: m.Pulumi.Server,
	}
	if p := m.Pulumi.Parameterization; p != nil {
		d.Parameterization = &pulumirpc.PackageParameterization{Name: p.Name, Version: p.Version, Value: p.Value}
	}
	return d, nil
}
