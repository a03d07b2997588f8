package door

import (
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Allowances bound questions to the API server about what was never seen, for each payer and for all of them.
type Allowances struct {
	Rate          float64
	Burst, AtOnce int
	// All payers of one pool together.
	AllRate   float64
	AllAtOnce int
}

// pool of allowances. Nobody waits in it: there is no line that somebody could fill.
type pool struct {
	bounds Allowances
	rate   *rate.Limiter
	open   atomic.Int64
	payers *table[*allowance]
}

type allowance struct {
	rate *rate.Limiter
	open atomic.Int64
}

// mostPayers of a pool. One that fell out begins anew, with its burst; what all of them may together holds still.
const mostPayers = 8192

func newPool(bounds Allowances) *pool {
	return &pool{bounds: bounds, rate: rate.NewLimiter(rate.Limit(bounds.AllRate), int(math.Ceil(bounds.AllRate))), payers: newTable[*allowance](mostPayers)}
}

// pay for a question; release when it is answered.
func (p *pool) pay(payer string) (release func(), err error) {
	own := p.payers.getOr(payer, func() *allowance {
		return &allowance{rate: rate.NewLimiter(rate.Limit(p.bounds.Rate), p.bounds.Burst)}
	})
	// Its own first: what one payer is refused costs the others nothing.
	if own.open.Add(1) > int64(p.bounds.AtOnce) {
		own.open.Add(-1)
		return nil, tooMany("source", time.Second)
	}
	if !own.rate.Allow() {
		own.open.Add(-1)
		return nil, tooMany("source", time.Duration(float64(time.Second)/p.bounds.Rate))
	}
	if p.open.Add(1) > int64(p.bounds.AllAtOnce) || !p.rate.Allow() {
		p.open.Add(-1)
		own.open.Add(-1)
		return nil, tooMany("everybody", time.Second)
	}
	return func() { p.open.Add(-1); own.open.Add(-1) }, nil
}

func tooMany(whose string, wait time.Duration) *Refusal {
	return &Refusal{
		Status: http.StatusTooManyRequests, reason: "first_sights_of_" + whose, RetryAfter: max(wait, time.Second),
		Message: "too many tokens or namespaces that were not seen before; try again later",
	}
}
