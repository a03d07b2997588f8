// forward copies TCP connections: each argument is listen=target, as in 127.0.0.1:8443=10.200.0.2:30443. It brings the
// edge of the embedded cluster, which lives in a network of its own, to the loopback of the host.
package main

import (
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

const dialTimeout = 5 * time.Second

func main() {
	if len(os.Args) < 2 {
		log.Fatal("forward: want listen=target, as in 127.0.0.1:8443=10.200.0.2:30443")
	}
	failed := make(chan error)
	for _, pair := range os.Args[1:] {
		listen, target, ok := strings.Cut(pair, "=")
		if !ok {
			log.Fatalf("forward: want listen=target, have %q", pair)
		}
		listener, err := net.Listen("tcp", listen)
		if err != nil {
			log.Fatal("forward: ", err)
		}
		go func() { failed <- serve(listener, target) }()
	}
	log.Fatal("forward: ", <-failed)
}

func serve(listener net.Listener, target string) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go copyBoth(conn, target)
	}
}

// copyBoth ends each direction by itself, so that a client that has said everything still gets its answer.
func copyBoth(client net.Conn, target string) {
	defer client.Close()
	server, err := net.DialTimeout("tcp", target, dialTimeout)
	if err != nil {
		log.Print("forward: ", err)
		return
	}
	defer server.Close()
	done := make(chan struct{}, 2)
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		if tcp, ok := to.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
		done <- struct{}{}
	}
	go pipe(server, client)
	go pipe(client, server)
	<-done
	<-done
}
