package door

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// flood asks with random tokens from one address and leaves the answers open. It returns when each of them was refused or waits at the API
// server, and says how many wait there.
func flood(t *testing.T, s *stand, requests int) (waiting int, end func()) {
	t.Helper()
	s.mutex.Lock()
	s.hold = make(chan struct{})
	s.mutex.Unlock()
	var refused atomic.Int64
	var group sync.WaitGroup
	stranger := s.client(t)
	for i := range requests {
		group.Go(func() {
			if status, _ := s.ask(t, stranger, "GET", fmt.Sprintf("Authorization: Bearer random-%d", i), alpha); status == 429 {
				refused.Add(1)
			}
		})
	}
	until(t, "the flood", func() bool { return int(refused.Load())+s.unanswered() == requests })
	return s.unanswered(), func() {
		close(s.hold)
		group.Wait()
	}
}

// Of the API server's seats, 16 here, strangers get eight; without a bound they take all, and those who are known wait for one.
func TestStrangersFillTheirOwnLine(t *testing.T) {
	const requests = 64
	soon := func(o *Options) { o.Bounds.Good = 0 }
	unbounded := func(o *Options) {
		soon(o)
		o.Bounds.Asking = Allowances{Rate: 1e6, Burst: 1e6, AtOnce: 1e6, AllRate: 1e6, AllAtOnce: 1e6}
	}
	known := func(s *stand) {
		s.account("alphas", "alpha", audience)
		if status, _ := s.ask(t, s.client(t), "GET", alphas, alpha); status != 200 {
			t.Fatal(status)
		}
	}

	s := newStand(t, unbounded)
	known(s)
	waiting, end := flood(t, s, requests)
	if waiting != requests {
		t.Errorf("without bounds %d of %d are before the API server", waiting, requests)
	}
	answered := make(chan int, 1)
	client := s.client(t)
	go func() {
		status, _ := s.ask(t, client, "GET", alphas, alpha)
		answered <- status
	}()
	until(t, "the tenant's question", func() bool { return s.unanswered() == requests+1 })
	select {
	case status := <-answered:
		t.Errorf("without bounds the tenant was answered %d before the strangers", status)
	default:
	}
	end()
	if status := <-answered; status != 200 {
		t.Errorf("after the flood: %d", status)
	}

	s = newStand(t, soon)
	known(s)
	waiting, end = flood(t, s, requests)
	if waiting != 8 {
		t.Errorf("%d questions of one address are before the API server", waiting)
	}
	// From the same address, by a new connection, asked about anew each time.
	for range 10 {
		if status, _ := s.ask(t, s.client(t), "GET", alphas, alpha); status != 200 {
			t.Errorf("while strangers wait: %d", status)
		}
	}
	end()
}

// A known source's next token does not stand among the strangers', whatever they use up together.
func TestTokensAreReplacedDuringAFlood(t *testing.T) {
	s := newStand(t, func(o *Options) { o.Bounds.Asking.AllAtOnce = 4 })
	s.account("alphas", "alpha", audience)
	s.account("alphas-next", "alpha", audience)
	s.account("betas", "beta", audience)
	edge := s.client(t, s.edges.sign(t, forClients("edge")))
	from := func(n int) string { return fmt.Sprintf("X-Forwarded-For: 192.0.2.%d", n) }
	if status, _ := s.ask(t, edge, "GET", alphas, alpha, from(1)); status != 200 {
		t.Fatal(status)
	}
	s.mutex.Lock()
	s.hold = make(chan struct{})
	s.mutex.Unlock()
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() { s.ask(t, edge, "GET", "Authorization: Bearer x", alpha, from(10+i)) })
	}
	until(t, "the strangers", func() bool { return s.unanswered() == 4 })
	if status, _ := s.ask(t, edge, "GET", "Authorization: Bearer betas", "X-Moat-Namespace: beta", from(2)); status != 429 {
		t.Errorf("somebody new beside the strangers: %d", status)
	}
	if status, _ := s.ask(t, edge, "GET", "Authorization: Bearer alphas-next", alpha, from(1)); status != 200 {
		t.Errorf("a known source's next token: %d", status)
	}
	close(s.hold)
	group.Wait()
	if status, _ := s.ask(t, edge, "GET", "Authorization: Bearer betas", "X-Moat-Namespace: beta", from(2)); status != 200 {
		t.Errorf("somebody new after the strangers: %d", status)
	}
}

// Who may make accounts in a namespace has one purse for what they guess.
func TestGuessesOfATenant(t *testing.T) {
	s := newStand(t, func(o *Options) { o.Bounds.Asking.Rate, o.Bounds.Asking.Burst = 1e-6, 8 })
	for i := range 4 {
		s.account(fmt.Sprintf("alphas-%d", i), "alpha", audience)
	}
	s.account("betas", "beta", audience)
	refused := 0
	for i := range 20 {
		status, _ := s.ask(t, s.client(t), "GET", fmt.Sprintf("Authorization: Bearer alphas-%d", i%4), fmt.Sprintf("X-Moat-Namespace: guess-%d", i))
		if status == 429 {
			refused++
		}
	}
	if refused == 0 {
		t.Error("a tenant asks about as many namespaces as it likes")
	}
	if status, text := s.ask(t, s.client(t), "GET", "Authorization: Bearer betas", "X-Moat-Namespace: beta"); status != 200 {
		t.Errorf("another tenant's first request: %d %s", status, text)
	}
}

func TestTablesAreBounded(t *testing.T) {
	table := newTable[int](3)
	for i := range 5 {
		table.put(fmt.Sprint(i), i)
		table.get("0")
	}
	for key, there := range map[string]bool{"0": true, "1": false, "2": false, "3": true, "4": true} {
		if _, ok := table.get(key); ok != there {
			t.Errorf("%s: %v", key, ok)
		}
	}
	table.remove("0")
	if made := table.getOr("0", func() int { return 7 }); made != 7 || len(table.of) != 3 || table.order.Len() != 3 {
		t.Errorf("%d of %d", made, len(table.of))
	}
	table.put("0", 8)
	if made := table.getOr("0", func() int { return 9 }); made != 8 {
		t.Error(made)
	}
}
