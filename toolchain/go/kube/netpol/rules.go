// Package netpol enforces NetworkPolicy on the one node of the embedded cluster: every change writes one nftables
// table from the pods, namespaces and policies that the API server has. IPv4 only. Policies are held against every
// packet that a pod sends as the opener of a connection, so a connection that becomes forbidden stops. What the node
// itself sends (the probes of the kubelet) is always allowed, as Kubernetes wants it.
package netpol

import (
	"fmt"
	"slices"
	"strings"

	netv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Pod is what the rules need to know of a pod that has an address of its own.
type Pod struct {
	Namespace, Name, IP string
	Labels              labels.Set
	Ports               []Port
}

// Port is a named port of a container.
type Port struct {
	Name, Protocol string
	Number         int32
}

// State is everything the table depends on.
type State struct {
	PodCIDR string
	Pods    []Pod
	// Leaving are addresses of pods that are over, while their processes end: they finish what was begun, no more.
	Leaving    []string
	Namespaces map[string]labels.Set
	Policies   []*netv1.NetworkPolicy
}

type direction struct {
	chain, set string
	// peer is the side of the packet that the peer of a rule is on.
	peer string
}

var (
	ingress = direction{chain: "in", set: "ingress", peer: "saddr"}
	egress  = direction{chain: "out", set: "egress", peer: "daddr"}
)

const table = "inet moat_netpol"

// Table is the whole nftables input for a state. nft applies it in one step, so there is no moment without rules.
func Table(s State) string {
	var w strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&w, format+"\n", args...) }
	line("add table %s", table)
	line("delete table %s", table)
	line("add table %s", table)
	line("add set %s known { type ipv4_addr ; }", table)
	line("add set %s leaving { type ipv4_addr ; }", table)
	line("add map %s egress { type ipv4_addr : verdict ; }", table)
	line("add map %s ingress { type ipv4_addr : verdict ; }", table)
	for _, hook := range []string{"forward", "input"} {
		line("add chain %s %s { type filter hook %s priority -10 ; policy accept ; }", table, hook, hook)
		line("add rule %s %s ct direction reply ct state established accept", table, hook)
		line("add rule %s %s ct state related accept", table, hook)
		line("add rule %s %s ip saddr @leaving ct state established accept", table, hook)
		line("add rule %s %s ip saddr %s ip saddr != @known counter drop comment \"pod not known yet\"", table, hook, s.PodCIDR)
	}
	line("add rule %s forward ip daddr @leaving ct state established accept", table)
	// Who speaks to a pod that is gone is told so, and can ask another at once instead of waiting for a timeout.
	for _, verdict := range []string{"meta l4proto tcp counter reject with tcp reset", "counter drop"} {
		line("add rule %s forward ip daddr %s ip daddr != @known %s comment \"pod not known\"", table, s.PodCIDR, verdict)
	}
	line("add rule %s forward ip saddr vmap @egress", table)
	line("add rule %s forward ip daddr vmap @ingress", table)
	line("add rule %s input ip saddr vmap @egress", table)

	var elements strings.Builder
	for _, pod := range s.Pods {
		fmt.Fprintf(&elements, "add element %s known { %s }\n", table, pod.IP)
		for _, d := range []direction{ingress, egress} {
			accepts, selected := s.accepts(pod, d)
			if !selected {
				continue
			}
			chain := d.chain + "_" + strings.ReplaceAll(pod.IP, ".", "_")
			line("add chain %s %s", table, chain)
			line("add rule %s %s ip %s %s return", table, chain, d.peer, pod.IP)
			for _, accept := range accepts {
				line("add rule %s %s %s return", table, chain, accept)
			}
			line("add rule %s %s counter drop comment \"%.120s\"", table, chain, pod.Namespace+"/"+pod.Name)
			fmt.Fprintf(&elements, "add element %s %s { %s : jump %s }\n", table, d.set, pod.IP, chain)
		}
	}
	for _, ip := range s.Leaving {
		fmt.Fprintf(&elements, "add element %s leaving { %s }\n", table, ip)
	}
	return w.String() + elements.String()
}

// accepts are the matches that let a packet through in one direction, and whether any policy selects the pod at all.
func (s State) accepts(pod Pod, d direction) (matches []string, selected bool) {
	for _, policy := range s.Policies {
		if policy.Namespace != pod.Namespace || !selects(&policy.Spec.PodSelector, pod.Labels) {
			continue
		}
		if d == ingress && slices.Contains(policy.Spec.PolicyTypes, netv1.PolicyTypeIngress) {
			selected = true
			for _, rule := range policy.Spec.Ingress {
				matches = append(matches, s.rule(policy.Namespace, d, pod, rule.From, rule.Ports)...)
			}
		}
		if d == egress && slices.Contains(policy.Spec.PolicyTypes, netv1.PolicyTypeEgress) {
			selected = true
			for _, rule := range policy.Spec.Egress {
				matches = append(matches, s.rule(policy.Namespace, d, pod, rule.To, rule.Ports)...)
			}
		}
	}
	slices.Sort(matches)
	return slices.Compact(matches), selected
}

// rule gives the matches of one rule of a policy. A named port is looked up in the pod that receives: for ingress the
// selected pod, for egress each peer.
func (s State) rule(namespace string, d direction, pod Pod, peers []netv1.NetworkPolicyPeer, ports []netv1.NetworkPolicyPort) (out []string) {
	emit := func(address string, receiver *Pod) {
		for _, port := range portMatches(ports, receiver) {
			out = append(out, strings.TrimSpace(address+" "+port))
		}
	}
	receiver := &pod
	if d == egress {
		receiver = nil
	}
	emitPods := func(pods []Pod) {
		if d == egress && hasNamedPort(ports) {
			for i := range pods {
				emit(fmt.Sprintf("ip %s %s", d.peer, pods[i].IP), &pods[i])
			}
		} else if len(pods) > 0 {
			emit(fmt.Sprintf("ip %s { %s }", d.peer, strings.Join(addresses(pods), ", ")), receiver)
		}
	}
	if len(peers) == 0 {
		emit("", receiver)
		if d == egress && hasNamedPort(ports) {
			emitPods(s.Pods)
		}
	}
	for _, peer := range peers {
		if block := peer.IPBlock; block != nil {
			address := fmt.Sprintf("ip %s %s", d.peer, block.CIDR)
			if len(block.Except) > 0 {
				address += fmt.Sprintf(" ip %s != { %s }", d.peer, strings.Join(block.Except, ", "))
			}
			emit(address, receiver)
			continue
		}
		emitPods(s.selectPods(namespace, peer))
	}
	return out
}

// selectPods are the pods that a peer of a policy in a namespace means.
func (s State) selectPods(namespace string, peer netv1.NetworkPolicyPeer) (out []Pod) {
	for _, pod := range s.Pods {
		if peer.NamespaceSelector == nil && pod.Namespace != namespace {
			continue
		}
		if peer.NamespaceSelector != nil && !selects(peer.NamespaceSelector, s.Namespaces[pod.Namespace]) {
			continue
		}
		if peer.PodSelector == nil || selects(peer.PodSelector, pod.Labels) {
			out = append(out, pod)
		}
	}
	return out
}

// portMatches are the nft matches of a rule's ports; one empty match stands for every port. A named port that the
// receiver does not have, or whose receiver is not a pod, matches nothing.
func portMatches(ports []netv1.NetworkPolicyPort, receiver *Pod) (out []string) {
	if len(ports) == 0 {
		return []string{""}
	}
	for _, port := range ports {
		protocol := "tcp"
		if port.Protocol != nil {
			protocol = strings.ToLower(string(*port.Protocol))
		}
		switch {
		case port.Port == nil:
			out = append(out, "meta l4proto "+protocol)
		case port.Port.Type == intstr.Int && port.EndPort != nil:
			out = append(out, fmt.Sprintf("%s dport %d-%d", protocol, port.Port.IntVal, *port.EndPort))
		case port.Port.Type == intstr.Int:
			out = append(out, fmt.Sprintf("%s dport %d", protocol, port.Port.IntVal))
		case receiver != nil:
			for _, named := range receiver.Ports {
				if named.Name == port.Port.StrVal && named.Protocol == protocol {
					out = append(out, fmt.Sprintf("%s dport %d", protocol, named.Number))
				}
			}
		}
	}
	return out
}

func hasNamedPort(ports []netv1.NetworkPolicyPort) bool {
	return slices.ContainsFunc(ports, func(p netv1.NetworkPolicyPort) bool {
		return p.Port != nil && p.Port.Type == intstr.String
	})
}

func addresses(pods []Pod) []string {
	ips := make([]string, 0, len(pods))
	for _, pod := range pods {
		ips = append(ips, pod.IP)
	}
	slices.Sort(ips)
	return slices.Compact(ips)
}

// selects holds a selector against labels. One that does not parse selects nothing; the API server lets none in.
func selects(selector *metav1.LabelSelector, set labels.Set) bool {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && parsed.Matches(set)
}
