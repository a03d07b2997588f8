// Package rpc holds what every plugin needs to talk with the engine: the server, the log, and property maps on the wire.
package rpc

import (
	"path/filepath"
	"regexp"
	"strings"
)

// Process is how the engine started this plugin.
type Process struct {
	// Name is the base name of the executable: pulumi-resource-random.
	Name string
	// Version is the version under which the plugin was installed, empty when it was found elsewhere.
	Version string
	// Engine is the address of the engine; empty when a person started the plugin.
	Engine string
}

// The CLI installs a plugin into plugins/resource-<name>-v<version>/. The folder is the only place that knows the version
// of the package in node_modules, so the answer always equals what was installed.
var installedUnder = regexp.MustCompile(`^resource-[a-z0-9-]+-v(\d+\.\d+\.\d+.*)$`)

// ProcessOf reads the command line. Flags for logging and tracing are accepted and not used.
func ProcessOf(args []string) Process {
	p := Process{Name: strings.TrimSuffix(filepath.Base(args[0]), ".exe")}
	if m := installedUnder.FindStringSubmatch(filepath.Base(filepath.Dir(args[0]))); m != nil {
		p.Version = m[1]
	}
	for _, arg := range args[1:] {
		if !strings.HasPrefix(arg, "-") {
			p.Engine = arg
		}
	}
	return p
}

// Package is the name of the Pulumi package: random for pulumi-resource-random.
func (p Process) Package() string { return strings.TrimPrefix(p.Name, "pulumi-resource-") }
