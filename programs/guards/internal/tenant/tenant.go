// Package tenant says whose request it is: the namespaces that were authorised, and the matcher that follows from them.
package tenant

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

// Header carries the namespaces from the query guard through Thanos, which hands it on to stores as gRPC metadata of this name.
// Thanos believes this one whatever other header it is told to read, so there is no second one.
const Header = "THANOS-TENANT"

// Exhausted begins what a store guard says when it ends a request that selects too much. Thanos takes that for a warning beside an answer
// that lacks the rest; the query guard makes an error of it.
const Exhausted = "moat_store_guard_exhausted"

// unowned is what Thanos sends when no header came. No tenant may have it.
const unowned = "default-tenant"

// maxBytes bounds the header: Thanos makes a label of its own metrics of it, and a scrape fails whole over a label value that is too long.
const maxBytes = 1024

// ErrTooMany namespaces, each of which may be right.
var ErrTooMany = errors.New("too many namespaces")

var name = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// Namespaces of one request: at least one, sorted, each once.
type Namespaces []string

// Of checks names, each a namespace's, as a client or a program in front gave them.
func Of(names []string) (Namespaces, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("no namespace is given")
	}
	for _, n := range names {
		if !name.MatchString(n) {
			return nil, fmt.Errorf("%.80q is not the name of a namespace", n)
		}
		if n == unowned {
			return nil, fmt.Errorf("%q stands for requests of nobody", n)
		}
	}
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	found := Namespaces(slices.Compact(sorted))
	if len(found.String()) > maxBytes {
		return nil, fmt.Errorf("%w: the names of %d namespaces are longer than %d bytes together; ask for fewer at once", ErrTooMany, len(found), maxBytes)
	}
	return found, nil
}

// Parse reads what String wrote, and nothing else: the same namespaces have one form.
func Parse(text string) (Namespaces, error) {
	found, err := Of(strings.Split(text, ","))
	if err != nil {
		return nil, err
	}
	if found.String() != text {
		return nil, fmt.Errorf("%.80q is not a sorted list of namespaces", text)
	}
	return found, nil
}

func (n Namespaces) String() string { return strings.Join(n, ",") }

// Has says whether series with this value of the label are the tenant's.
func (n Namespaces) Has(value string) bool { return slices.Contains(n, value) }

// Matcher selects the tenant's series. It is a regular expression for one namespace, too: absent() makes labels of matchers by `=`, and would
// answer otherwise than over the tenant's series alone. Names of namespaces have no character that it reads as more than itself.
func (n Namespaces) Matcher(label string) *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchRegexp, label, strings.Join(n, "|"))
}
