package query

import (
	"context"
	"net/http"
	"sync"
	"time"

	"moat.dev/guards/internal/tenant"
)

// slots bound how many requests of one namespace are answered at a time and how many wait, so that one tenant's load makes no other tenant
// wait here. A request for several namespaces takes a slot of each.
type slots struct {
	running, waiting int
	patience         time.Duration

	mutex sync.Mutex
	of    map[string]*queue
}

type queue struct {
	slots   chan struct{}
	waiting int
}

func newSlots(running, waiting int, patience time.Duration) *slots {
	return &slots{running: running, waiting: waiting, patience: patience, of: map[string]*queue{}}
}

var (
	errBusy = &problem{
		status: http.StatusTooManyRequests, kind: "too_many_requests",
		message: "too many requests for this namespace at once; try again later", reason: reasonConcurrency,
	}
	errGone = &problem{status: http.StatusServiceUnavailable, kind: "canceled", message: "the request was given up"}
)

// take waits for a slot of each namespace. They are sorted, so that no two requests wait for each other.
func (s *slots) take(ctx context.Context, namespaces tenant.Namespaces) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	var taken []*queue
	release = func() {
		for _, q := range taken {
			<-q.slots
		}
	}
	for _, name := range namespaces {
		q, err := s.takeOne(ctx, name)
		if err != nil {
			release()
			return nil, err
		}
		taken = append(taken, q)
	}
	return release, nil
}

func (s *slots) takeOne(ctx context.Context, name string) (*queue, error) {
	q, free, err := s.enter(name)
	if err != nil || free {
		return q, err
	}
	defer func() {
		s.mutex.Lock()
		q.waiting--
		s.mutex.Unlock()
	}()
	select {
	case q.slots <- struct{}{}:
		return q, nil
	case <-ctx.Done():
		if ctx.Err() == context.DeadlineExceeded {
			return nil, errBusy
		}
		return nil, errGone
	}
}

// enter takes a free slot, or else a place in the queue.
func (s *slots) enter(name string) (q *queue, free bool, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	q = s.of[name]
	if q == nil {
		q = &queue{slots: make(chan struct{}, s.running)}
		s.of[name] = q
	}
	select {
	case q.slots <- struct{}{}:
		return q, true, nil
	default:
	}
	if q.waiting >= s.waiting {
		return nil, false, errBusy
	}
	q.waiting++
	return q, false, nil
}
