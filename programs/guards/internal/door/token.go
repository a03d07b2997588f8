package door

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

// bearer finds the token of a request, as the API server reads it. Two headers could be read in two ways, and are none.
func bearer(header http.Header) (string, bool) {
	given := header.Values("Authorization")
	if len(given) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(strings.TrimSpace(given[0]), " ")
	if !strings.EqualFold(scheme, "bearer") || token == "" || strings.Contains(token, " ") {
		return "", false
	}
	return token, true
}

// tokens that were seen, by their hashes. Those that are good are in a table of their own, which no stranger can fill.
type tokens struct {
	ask       *asking
	audience  string
	good      *table[goodToken]
	bad       *table[time.Time]
	bounds    Bounds
	questions singleflight.Group
	// strangers pay for tokens that were never seen. Sources of somebody who was known pay from a pool of their own: their next token, an hour
	// later, does not stand among the strangers'.
	strangers, friends *pool
	// known sources.
	known *table[struct{}]
}

type goodToken struct {
	user  User
	until time.Time
}

// mostAnswers that are kept of each kind: half a kilobyte each.
const mostAnswers = 8192

func newTokens(ask *asking, audience string, bounds Bounds) *tokens {
	return &tokens{
		ask: ask, audience: audience, bounds: bounds,
		good: newTable[goodToken](mostAnswers), bad: newTable[time.Time](mostAnswers), known: newTable[struct{}](mostPayers),
		strangers: newPool(bounds.Asking), friends: newPool(bounds.Asking),
	}
}

// user of a token.
func (t *tokens) user(ctx context.Context, token, source string) (User, error) {
	sum := sha256.Sum256([]byte(token))
	key := string(sum[:])
	found, seen := t.good.get(key)
	if seen && time.Now().Before(found.until) {
		t.known.put(source, struct{}{})
		return found.user, nil
	}
	if until, isBad := t.bad.get(key); isBad && time.Now().Before(until) {
		return User{}, errUnknown
	}
	// Whoever comes with the same token waits for the same answer. What one of them was refused is not the others': a stranger's source
	// could otherwise use up what a friend's has.
	flight := key
	if !seen {
		flight += source
	}
	answers := t.questions.DoChan(flight, func() (any, error) { return t.review(ctx, token, key, source, seen) })
	select {
	case answer := <-answers:
		if answer.Err != nil {
			return User{}, answer.Err
		}
		return answer.Val.(User), nil
	case <-ctx.Done():
		return User{}, errUnasked
	}
}

func (t *tokens) review(ctx context.Context, token, key, source string, seen bool) (User, error) {
	// A token that was good is asked about again without paying.
	if !seen {
		pool := t.strangers
		if _, isFriend := t.known.get(source); isFriend {
			pool = t.friends
		}
		release, err := pool.pay(source)
		if err != nil {
			return User{}, err
		}
		defer release()
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	user, ok, err := t.ask.user(ctx, token, t.audience)
	if err != nil {
		return User{}, errUnasked
	}
	if !ok {
		t.good.remove(key)
		t.bad.put(key, time.Now().Add(t.bounds.Bad))
		return User{}, errUnknown
	}
	t.good.put(key, goodToken{user: user, until: time.Now().Add(t.bounds.Good)})
	t.known.put(source, struct{}{})
	return user, nil
}
