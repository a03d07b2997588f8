package door

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// asking puts the two questions to the API server.
type asking struct {
	*API
	metrics *metrics
}

// user that a token stands for, if it stands for one and is for the audience.
func (a *asking) user(ctx context.Context, token, audience string) (user User, ok bool, err error) {
	review := tokenReview{Kind: "TokenReview", APIVersion: "authentication.k8s.io/v1"}
	review.Spec.Token, review.Spec.Audiences = token, []string{audience}
	start := time.Now()
	var answer tokenReview
	err = a.create(ctx, "/apis/authentication.k8s.io/v1/tokenreviews", &review, &answer)
	// A server that does not know audiences would take any token.
	ok = err == nil && answer.Status.Authenticated && answer.Status.User.Username != "" && slices.Contains(answer.Status.Audiences, audience)
	a.told("token", start, ok, err)
	return answer.Status.User, ok, err
}

// may says whether the user has the permission.
func (a *asking) may(ctx context.Context, user User, verb, namespace string, permission Permission) (ok bool, err error) {
	review := accessReview{Kind: "SubjectAccessReview", APIVersion: "authorization.k8s.io/v1", Spec: accessSpec{
		Resource: resource{Namespace: namespace, Verb: verb, Version: "v1", Resource: permission.Resource, Subresource: permission.Subresource},
		User:     user.Username, Groups: user.Groups, UID: user.UID, Extra: user.Extra,
	}}
	start := time.Now()
	var answer accessReview
	err = a.create(ctx, "/apis/authorization.k8s.io/v1/subjectaccessreviews", &review, &answer)
	ok = err == nil && answer.Status.Allowed && !answer.Status.Denied
	a.told("access", start, ok, err)
	return ok, err
}

func (a *asking) told(review string, start time.Time, ok bool, err error) {
	answer := "no"
	switch {
	case err != nil:
		answer = "error"
		slog.Warn("the API server does not answer", "review", review, "error", err)
	case ok:
		answer = "yes"
	}
	a.metrics.reviews.WithLabelValues(review, answer).Inc()
	a.metrics.reviewDuration.WithLabelValues(review).Observe(time.Since(start).Seconds())
}
