package netpol

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

// Report is what the CNI plugin sends: a sandbox of a pod got an address, or lost it (only Sandbox counts then).
type Report struct {
	Attached                     bool
	Sandbox, Namespace, Name, IP string
}

// gateTimeout is how long a report may wait for its rules; the kubelet asks again after a failure.
const gateTimeout = 10 * time.Second

// serve answers reports, one a connection: an empty reply is success, anything else is the error.
func (e *enforcer) serve(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				log.Fatal("netpol: ", err)
			}
			go func() {
				defer conn.Close()
				var report Report
				err := json.NewDecoder(conn).Decode(&report)
				if err == nil {
					err = e.take(report)
				}
				if err != nil {
					fmt.Fprint(conn, err)
				}
			}()
		}
	}()
	return nil
}

// take returns when the rules for the report are in place.
func (e *enforcer) take(r Report) error {
	if !r.Attached {
		e.mu.Lock()
		delete(e.attached, r.Sandbox)
		e.mu.Unlock()
		e.kick()
		return nil
	}
	deadline := time.Now().Add(gateTimeout)
	// The API server told the kubelet of the pod; it tells us in the same moment, give or take.
	for {
		if _, err := e.pods.Pods(r.Namespace).Get(r.Name); err == nil {
			break
		} else if time.Now().After(deadline) {
			return fmt.Errorf("pod %s/%s is not known to the API server", r.Namespace, r.Name)
		}
		time.Sleep(20 * time.Millisecond)
	}
	written := make(chan struct{})
	e.mu.Lock()
	for sandbox, a := range e.attached {
		if a.ip == r.IP {
			delete(e.attached, sandbox)
		}
	}
	e.attachments++
	e.attached[r.Sandbox] = &attachment{key: r.Namespace + "/" + r.Name, ip: r.IP, order: e.attachments}
	e.waiting = append(e.waiting, written)
	e.mu.Unlock()
	e.kick()
	select {
	case <-written:
		return nil
	case <-time.After(time.Until(deadline)):
		return fmt.Errorf("no rules for pod %s/%s within %s", r.Namespace, r.Name, gateTimeout)
	}
}
