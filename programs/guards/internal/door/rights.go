package door

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

// rights that were asked about. Users pay for those that were never seen, so that no tenant's guesses wait before another's question.
type rights struct {
	ask        *asking
	permission Permission
	allowed    *table[time.Time]
	denied     *table[time.Time]
	bounds     Bounds
	questions  singleflight.Group
	users      *pool
}

func newRights(ask *asking, permission Permission, bounds Bounds) *rights {
	return &rights{
		ask: ask, permission: permission, bounds: bounds, users: newPool(bounds.Asking),
		allowed: newTable[time.Time](mostAnswers), denied: newTable[time.Time](mostAnswers),
	}
}

// check whether the user may read the namespace.
func (r *rights) check(ctx context.Context, user User, verb, namespace string) error {
	key := user.key() + verb + " " + namespace
	until, seen := r.allowed.get(key)
	if seen && time.Now().Before(until) {
		return nil
	}
	forbidden := &Refusal{
		Status: http.StatusForbidden, reason: "forbidden",
		Message: fmt.Sprintf("Forbidden: %q may not %s %s of %q", user.Username, verb, r.permission.String(), namespace),
	}
	if until, isDenied := r.denied.get(key); isDenied && time.Now().Before(until) {
		return forbidden
	}
	answers := r.questions.DoChan(key, func() (any, error) { return r.review(ctx, user, verb, namespace, key, seen) })
	select {
	case answer := <-answers:
		if answer.Err != nil {
			return answer.Err
		}
		if !answer.Val.(bool) {
			return forbidden
		}
		return nil
	case <-ctx.Done():
		return errUnasked
	}
}

func (r *rights) review(ctx context.Context, user User, verb, namespace, key string, seen bool) (bool, error) {
	if !seen {
		release, err := r.users.pay(payerOf(user))
		if err != nil {
			return false, err
		}
		defer release()
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	ok, err := r.ask.may(ctx, user, verb, namespace, r.permission)
	if err != nil {
		return false, errUnasked
	}
	if !ok {
		r.allowed.remove(key)
		r.denied.put(key, time.Now().Add(r.bounds.Bad))
		return false, nil
	}
	r.allowed.put(key, time.Now().Add(r.bounds.Good))
	return true, nil
}

// payerOf a user's questions. Whoever may make service accounts in a namespace has as many users as it likes, and one purse.
func payerOf(user User) string {
	if name, isAccount := strings.CutPrefix(user.Username, "system:serviceaccount:"); isAccount {
		namespace, _, _ := strings.Cut(name, ":")
		return "namespace " + namespace
	}
	return "user " + user.Username
}
