// netgate is a CNI plugin, last in the chain: it reports a pod's address to the NetworkPolicy enforcer and returns
// when the pod's rules are in place, so that no process of the pod ever runs before its policies apply.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

type config struct {
	CNIVersion string          `json:"cniVersion"`
	Socket     string          `json:"socket"`
	PrevResult json.RawMessage `json:"prevResult"`
}

type result struct {
	IPs []struct {
		Address string `json:"address"`
	} `json:"ips"`
}

type report struct {
	Attached                     bool
	Sandbox, Namespace, Name, IP string
}

// timeout is a little above the enforcer's own, so that its reason is the one that is seen.
const timeout = 12 * time.Second

func main() {
	if err := run(os.Getenv("CNI_COMMAND"), os.Stdin, os.Stdout); err != nil {
		// 11 means "try again later" in the CNI specification.
		_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"cniVersion": "1.0.0", "code": 11, "msg": "netgate: " + err.Error()})
		os.Exit(1)
	}
}

func run(command string, in io.Reader, out io.Writer) error {
	if command == "VERSION" {
		_, err := fmt.Fprintln(out, `{"cniVersion":"1.0.0","supportedVersions":["0.3.0","0.3.1","0.4.0","1.0.0"]}`)
		return err
	}
	var c config
	if err := json.NewDecoder(in).Decode(&c); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	args := arguments(os.Getenv("CNI_ARGS"))
	r := report{Attached: command == "ADD", Sandbox: os.Getenv("CNI_CONTAINERID"), Namespace: args["K8S_POD_NAMESPACE"], Name: args["K8S_POD_NAME"]}
	switch command {
	case "ADD":
		var previous result
		if err := json.Unmarshal(c.PrevResult, &previous); err != nil || len(previous.IPs) == 0 {
			return fmt.Errorf("no address from the plugin before: %v", err)
		}
		r.IP, _, _ = strings.Cut(previous.IPs[0].Address, "/")
		if err := send(c.Socket, r); err != nil {
			return err
		}
		_, err := out.Write(c.PrevResult)
		return err
	case "DEL":
		// Whoever is gone needs no rules; an enforcer that does not answer must not keep a pod from ending.
		_ = send(c.Socket, r)
	}
	return nil
}

// arguments reads CNI_ARGS: K=V;K=V.
func arguments(text string) map[string]string {
	args := map[string]string{}
	for _, pair := range strings.Split(text, ";") {
		if key, value, ok := strings.Cut(pair, "="); ok {
			args[key] = value
		}
	}
	return args
}

func send(socket string, r report) error {
	conn, err := net.DialTimeout("unix", socket, timeout)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if err := json.NewEncoder(conn).Encode(r); err != nil {
		return err
	}
	reply, err := io.ReadAll(conn)
	if err == nil && len(reply) > 0 {
		err = fmt.Errorf("%s", reply)
	}
	return err
}
