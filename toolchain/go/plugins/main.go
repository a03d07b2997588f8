// One program that is every Pulumi plugin of the closed path. The base name it is started under says which one it is, so
// the toolchain builds one binary and installs it under several names.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"moat.dev/toolchain/plugins/generic"
	"moat.dev/toolchain/plugins/internal/rpc"
	"moat.dev/toolchain/plugins/kubernetes"
	"moat.dev/toolchain/plugins/languagehost"
	"moat.dev/toolchain/plugins/random"
	"moat.dev/toolchain/plugins/tls"
)

// plugins maps the name of the executable to what serves under it.
var plugins = map[string]func(rpc.Process) error{
	"pulumi-language-nodejs":     languagehost.Serve,
	"pulumi-resource-kubernetes": kubernetes.Serve,
	"pulumi-resource-random":     random.Serve,
	"pulumi-resource-tls":        tls.Serve,
	"pulumi-resource-aws":        generic.Serve,
	"pulumi-resource-openstack":  generic.Serve,
	"pulumi-resource-docker":     generic.Serve,
}

func main() {
	process := rpc.ProcessOf(os.Args)
	serve, known := plugins[process.Name]
	if !known {
		fmt.Fprintf(os.Stderr, "%s is not a plugin this program knows; start it as one of: %s\n",
			filepath.Base(os.Args[0]), strings.Join(names(), ", "))
		os.Exit(2)
	}
	if err := serve(process); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", process.Name, err)
		os.Exit(1)
	}
}

func names() []string {
	var all []string
	for name := range plugins {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
