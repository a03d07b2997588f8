package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// options are the flags that the edge gives, by upstream's names and with upstream's defaults.
type options struct {
	namespace, leaseNamespace string
	controllers               []string
	solverImage               string
	recursiveOnly             bool
	ambientCredentials        bool
}

// parse refuses flags that it does not know, as upstream does.
func parse(args []string) (options, error) {
	var o options
	flags := pflag.NewFlagSet("controller", pflag.ContinueOnError)
	flags.StringVar(&o.namespace, "namespace", "", "the only namespace that is looked at")
	flags.StringVar(&o.leaseNamespace, "leader-election-namespace", "kube-system", "where the leader's lease is")
	flags.StringSliceVar(&o.controllers, "controllers", []string{"*"}, "names; * means all, -name means not this one")
	flags.StringVar(&o.solverImage, "acme-http01-solver-image", "", "image of the pods that answer an authority's question")
	flags.BoolVar(&o.recursiveOnly, "dns01-recursive-nameservers-only", false, "ask the cluster's name servers alone")
	flags.BoolVar(&o.ambientCredentials, "issuer-ambient-credentials", false, "Issuers may use the pod's own role in a cloud")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.namespace == "" {
		return o, fmt.Errorf("--namespace is missing: this build has no controllers for a whole cluster")
	}
	return o, nil
}

// enabled are the controllers that are asked for, of those that are known.
func (o options) enabled(known []string) ([]string, error) {
	var wanted, not []string
	for _, name := range o.controllers {
		bare := strings.TrimPrefix(name, "-")
		switch {
		case name == "*":
			wanted = append(wanted, known...)
		case !slices.Contains(known, bare):
			return nil, fmt.Errorf("--controllers: there is no %q among %s", bare, strings.Join(known, ", "))
		case bare != name:
			not = append(not, bare)
		default:
			wanted = append(wanted, name)
		}
	}
	slices.Sort(wanted)
	return slices.DeleteFunc(slices.Compact(wanted), func(name string) bool { return slices.Contains(not, name) }), nil
}
