// A client that calls at a steady rate: all kinds of calls, of which some are
// cancelled, run out of time or lose their connection. It says how many ended
// in another way than was meant. Standard input ends when it is time.
package main

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"sync"
	"time"
)

func main() {
	address := flag.String("address", "", "host and port of the server")
	rate := flag.Int("rate", 5000, "calls a second")
	width := flag.Int("width", 200, "callers, each with a connection of its own")
	flag.Parse()

	stopped := make(chan struct{})
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1))
		close(stopped)
	}()

	tally := &tally{Kinds: map[string]int{}, Failures: []string{}}
	due := make(chan struct{}, *rate)
	go pace(due, *rate, stopped)
	var callers sync.WaitGroup
	for range *width {
		callers.Go(func() { callAll(*address, due, tally) })
	}
	callers.Wait()
	_ = json.NewEncoder(os.Stdout).Encode(tally)
}

// pace puts what is due into the channel each few milliseconds; where callers
// are behind by a second, they don't get it back.
func pace(due chan<- struct{}, rate int, stopped <-chan struct{}) {
	defer close(due)
	begun := time.Now()
	ticks := time.NewTicker(2 * time.Millisecond)
	defer ticks.Stop()
	for given := 0; ; {
		select {
		case <-stopped:
			return
		case now := <-ticks.C:
			for wanted := int(now.Sub(begun).Seconds() * float64(rate)); given < wanted; given++ {
				select {
				case due <- struct{}{}:
				default:
				}
			}
		}
	}
}

// callAll makes a call for each that is due, of a random kind, and connects
// anew now and then: about once in 500 calls, or 10 times a second.
func callAll(address string, due <-chan struct{}, tally *tally) {
	connection := dial(address)
	tally.connected()
	for range due {
		kind := kinds[pick()]
		tally.ended(kind.name, kind.call(connection))
		if kind.last || rand.IntN(700) == 0 {
			connection.close()
			connection = dial(address)
			tally.connected()
		}
	}
	connection.close()
}

// pick answers the index of a kind, by the kinds' shares.
func pick() int {
	whole := 0
	for _, kind := range kinds {
		whole += kind.share
	}
	at := rand.IntN(whole)
	for i, kind := range kinds {
		if at -= kind.share; at < 0 {
			return i
		}
	}
	panic("shares don't sum up")
}

// tally is what has been done by all callers.
type tally struct {
	lock        sync.Mutex
	Calls       int            `json:"calls"`
	Connections int            `json:"connections"`
	Kinds       map[string]int `json:"kinds"`
	Failures    []string       `json:"failures"`
}

func (t *tally) connected() {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.Connections++
}

func (t *tally) ended(kind string, err error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.Calls++
	t.Kinds[kind]++
	if err != nil {
		t.Failures = append(t.Failures, kind+": "+err.Error())
	}
}
