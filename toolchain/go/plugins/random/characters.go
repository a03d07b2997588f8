package random

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"moat.dev/toolchain/plugins/internal/stateonly"
)

// set is a set of characters and how many of it there must be.
type set struct {
	characters string
	least      int
}

// rules say which characters a string is drawn from.
type rules struct {
	length int
	sets   []set
}

const (
	lowers   = "abcdefghijklmnopqrstuvwxyz"
	uppers   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits   = "0123456789"
	specials = "!@#$%&*()-_=+[]{}<>:?"
)

func rulesOf(in resource.PropertyMap) (rules, error) {
	r := rules{length: stateonly.Whole(in, "length")}
	// number is the old name of numeric.
	if in.HasValue("number") {
		in = in.Copy()
		in["numeric"] = in["number"]
	}
	special := stateonly.Text(in, "overrideSpecial")
	if special == "" {
		special = specials
	}
	least := 0
	for _, one := range []struct {
		on, least  resource.PropertyKey
		characters string
	}{
		{"lower", "minLower", lowers}, {"upper", "minUpper", uppers}, {"numeric", "minNumeric", digits},
		{"special", "minSpecial", special},
	} {
		wanted := stateonly.Whole(in, one.least)
		least += wanted
		switch {
		case stateonly.Truth(in, one.on):
			r.sets = append(r.sets, set{one.characters, wanted})
		case wanted > 0:
			r.sets = append(r.sets, set{one.characters, wanted})
		}
	}
	switch {
	case r.length < 1:
		return r, errors.New("length must be at least 1")
	case len(r.sets) == 0:
		return r, errors.New("one of lower, upper, numeric and special must be true")
	case least > r.length:
		return r, fmt.Errorf("length %d is less than the sum of minLower, minUpper, minNumeric and minSpecial, %d", r.length, least)
	}
	return r, nil
}

// draw takes the least of each set, fills up from all, and shuffles.
func draw(in resource.PropertyMap) (string, error) {
	r, err := rulesOf(in)
	if err != nil {
		return "", err
	}
	var drawn []byte
	all := ""
	for _, s := range r.sets {
		all += s.characters
		for range s.least {
			drawn = append(drawn, s.characters[below(len(s.characters))])
		}
	}
	for len(drawn) < r.length {
		drawn = append(drawn, all[below(len(all))])
	}
	for i := len(drawn) - 1; i > 0; i-- {
		j := below(i + 1)
		drawn[i], drawn[j] = drawn[j], drawn[i]
	}
	return string(drawn), nil
}

// below draws a number from zero, without bias.
func below(n int) int {
	drawn, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // the system has no randomness: nothing may be drawn
	}
	return int(drawn.Int64())
}
