package netpol

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	netv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var (
	web    = Pod{Namespace: "shop", Name: "web", IP: "10.0.0.2", Labels: labels.Set{"app": "web"}, Ports: []Port{{Name: "http", Protocol: "tcp", Number: 8080}}}
	client = Pod{Namespace: "shop", Name: "client", IP: "10.0.0.3", Labels: labels.Set{"app": "client"}}
	other  = Pod{Namespace: "other", Name: "client", IP: "10.0.0.4", Labels: labels.Set{"app": "client"}}
)

func stateWith(policies ...*netv1.NetworkPolicy) State {
	return State{
		PodCIDR:    "10.0.0.0/24",
		Pods:       []Pod{web, client, other},
		Namespaces: map[string]labels.Set{"shop": {"team": "a"}, "other": {"team": "b"}},
		Policies:   policies,
	}
}

func selector(app string) metav1.LabelSelector {
	return metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
}

func policy(spec netv1.NetworkPolicySpec) *netv1.NetworkPolicy {
	return &netv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "p"}, Spec: spec}
}

func onIngress(rules ...netv1.NetworkPolicyIngressRule) *netv1.NetworkPolicy {
	return policy(netv1.NetworkPolicySpec{PodSelector: selector("web"), PolicyTypes: []netv1.PolicyType{netv1.PolicyTypeIngress}, Ingress: rules})
}

func onEgress(rules ...netv1.NetworkPolicyEgressRule) *netv1.NetworkPolicy {
	return policy(netv1.NetworkPolicySpec{PodSelector: selector("client"), PolicyTypes: []netv1.PolicyType{netv1.PolicyTypeEgress}, Egress: rules})
}

func port(value intstr.IntOrString) netv1.NetworkPolicyPort {
	return netv1.NetworkPolicyPort{Port: &value}
}

func TestRules(t *testing.T) {
	clientSelector, teamB := selector("client"), metav1.LabelSelector{MatchLabels: map[string]string{"team": "b"}}
	end, udp := int32(8090), corev1.ProtocolUDP
	portRange := port(intstr.FromInt32(8080))
	portRange.EndPort = &end
	everyUDP := netv1.NetworkPolicyPort{Protocol: &udp}
	block := &netv1.IPBlock{CIDR: "10.0.0.0/8", Except: []string{"10.0.0.0/24", "10.1.0.0/16"}}
	for name, c := range map[string]struct {
		policies []*netv1.NetworkPolicy
		pod      Pod
		in       direction
		selected bool
		want     string
	}{
		"no policy leaves a pod open":             {nil, web, ingress, false, ""},
		"a policy of another pod leaves it open":  {[]*netv1.NetworkPolicy{onEgress()}, web, ingress, false, ""},
		"a policy of the other direction, too":    {[]*netv1.NetworkPolicy{onIngress()}, web, egress, false, ""},
		"no rule closes it":                       {[]*netv1.NetworkPolicy{onIngress()}, web, ingress, true, ""},
		"an empty rule opens it":                  {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{})}, web, ingress, true, ""},
		"a pod selector is of its own namespace":  {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{From: []netv1.NetworkPolicyPeer{{PodSelector: &clientSelector}}})}, web, ingress, true, "ip saddr { 10.0.0.3 }"},
		"a namespace selector selects all in it":  {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{From: []netv1.NetworkPolicyPeer{{NamespaceSelector: &teamB}}})}, web, ingress, true, "ip saddr { 10.0.0.4 }"},
		"an empty namespace selector selects all": {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{From: []netv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}, PodSelector: &clientSelector}}})}, web, ingress, true, "ip saddr { 10.0.0.3, 10.0.0.4 }"},
		"a selector of nobody opens nothing":      {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{From: []netv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "none"}}}}})}, web, ingress, true, ""},
		"a named port is the receiver's":          {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{Ports: []netv1.NetworkPolicyPort{port(intstr.FromString("http"))}})}, web, ingress, true, "tcp dport 8080"},
		"a named port that it has not is closed":  {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{Ports: []netv1.NetworkPolicyPort{port(intstr.FromString("grpc"))}})}, web, ingress, true, ""},
		"a range of ports":                        {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{Ports: []netv1.NetworkPolicyPort{portRange}})}, web, ingress, true, "tcp dport 8080-8090"},
		"every port of a protocol":                {[]*netv1.NetworkPolicy{onIngress(netv1.NetworkPolicyIngressRule{Ports: []netv1.NetworkPolicyPort{everyUDP}})}, web, ingress, true, "meta l4proto udp"},
		"egress to a block with exceptions":       {[]*netv1.NetworkPolicy{onEgress(netv1.NetworkPolicyEgressRule{To: []netv1.NetworkPolicyPeer{{IPBlock: block}}})}, client, egress, true, "ip daddr 10.0.0.0/8 ip daddr != { 10.0.0.0/24, 10.1.0.0/16 }"},
		"egress by a port's name asks each peer":  {[]*netv1.NetworkPolicy{onEgress(netv1.NetworkPolicyEgressRule{To: []netv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}}, Ports: []netv1.NetworkPolicyPort{port(intstr.FromString("http"))}})}, client, egress, true, "ip daddr 10.0.0.2 tcp dport 8080"},
		"egress to anyone by a port's name, too":  {[]*netv1.NetworkPolicy{onEgress(netv1.NetworkPolicyEgressRule{Ports: []netv1.NetworkPolicyPort{port(intstr.FromString("http"))}})}, client, egress, true, "ip daddr 10.0.0.2 tcp dport 8080"},
		"policies add up":                         {[]*netv1.NetworkPolicy{onIngress(), onIngress(netv1.NetworkPolicyIngressRule{Ports: []netv1.NetworkPolicyPort{port(intstr.FromInt32(80))}})}, web, ingress, true, "tcp dport 80"},
	} {
		t.Run(name, func(t *testing.T) {
			accepts, selected := stateWith(c.policies...).accepts(c.pod, c.in)
			if got := strings.Join(accepts, "; "); got != c.want || selected != c.selected {
				t.Errorf("got %q (selected: %v), want %q (%v)", got, selected, c.want, c.selected)
			}
		})
	}
}

func TestAnEmptyRuleIsNotNoRule(t *testing.T) {
	closed, _ := stateWith(onIngress()).accepts(web, ingress)
	open, _ := stateWith(onIngress(netv1.NetworkPolicyIngressRule{})).accepts(web, ingress)
	if len(closed) != 0 || len(open) != 1 || open[0] != "" {
		t.Errorf("closed: %q, open: %q", closed, open)
	}
}

func TestTable(t *testing.T) {
	state := stateWith(onIngress())
	state.Leaving = []string{"10.0.0.9"}
	text := Table(state)
	for _, want := range []string{
		"ip saddr 10.0.0.0/24 ip saddr != @known counter drop",
		"ip daddr 10.0.0.0/24 ip daddr != @known meta l4proto tcp counter reject with tcp reset",
		"ip daddr 10.0.0.0/24 ip daddr != @known counter drop",
		"ip saddr @leaving ct state established accept",
		"add element inet moat_netpol leaving { 10.0.0.9 }",
		"add element inet moat_netpol known { 10.0.0.3 }",
		"add element inet moat_netpol ingress { 10.0.0.2 : jump in_10_0_0_2 }",
		`add rule inet moat_netpol in_10_0_0_2 counter drop comment "shop/web"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "egress { 10") {
		t.Errorf("a pod without egress policy has an egress chain:\n%s", text)
	}
}

func TestView(t *testing.T) {
	pod := func(change func(*corev1.Pod)) *corev1.Pod {
		p := &corev1.Pod{Status: corev1.PodStatus{PodIP: "10.0.0.9", Phase: corev1.PodRunning}}
		change(p)
		return p
	}
	for name, c := range map[string]struct {
		pod   *corev1.Pod
		known string
		ip    string
	}{
		"by the address that is known":         {pod(func(*corev1.Pod) {}), "10.0.0.8", "10.0.0.8"},
		"not on the host's network":            {pod(func(p *corev1.Pod) { p.Spec.HostNetwork = true }), "10.0.0.8", ""},
		"not when it is over":                  {pod(func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }), "10.0.0.8", ""},
		"not before anybody knows its address": {pod(func(p *corev1.Pod) { p.Status.PodIP = "" }), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := view(c.pod, c.known); got.IP != c.ip || ok != (c.ip != "") {
				t.Errorf("got %q, %v; want %q", got.IP, ok, c.ip)
			}
		})
	}
}

func TestPresent(t *testing.T) {
	pod := func(name, ip string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Status: corev1.PodStatus{PodIP: ip, Phase: corev1.PodRunning}}
	}
	over := pod("web", "10.0.0.2")
	over.Status.Phase = corev1.PodSucceeded
	first, second := &attachment{"shop/web", "10.0.0.2", 1}, &attachment{"shop/web", "10.0.0.3", 2}
	for name, c := range map[string]struct {
		pods     []*corev1.Pod
		attached []*attachment
		present  string
		leaving  string
	}{
		"by its status":                            {[]*corev1.Pod{pod("web", "10.0.0.2")}, nil, "web 10.0.0.2", ""},
		"by the plugin's word before":              {[]*corev1.Pod{pod("web", "")}, []*attachment{first}, "web 10.0.0.2", ""},
		"deleted by force, its processes end":      {nil, []*attachment{first}, "", "10.0.0.2"},
		"over, its processes end":                  {[]*corev1.Pod{over}, []*attachment{first}, "", "10.0.0.2"},
		"deleted by force, its successor is there": {[]*corev1.Pod{pod("web", "")}, []*attachment{second, first}, "web 10.0.0.3", "10.0.0.2"},
		"its address has another pod now":          {[]*corev1.Pod{pod("old", "10.0.0.2"), pod("web", "")}, []*attachment{first}, "web 10.0.0.2", ""},
		"a successor that nobody knows yet":        {[]*corev1.Pod{pod("old", "10.0.0.2")}, []*attachment{first}, "", "10.0.0.2"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &enforcer{attached: map[string]*attachment{}}
			for _, a := range c.attached {
				e.attached[a.ip] = a
			}
			pods, leaving := e.present(c.pods)
			var present []string
			for _, p := range pods {
				present = append(present, p.Name+" "+p.IP)
			}
			if got := strings.Join(present, ", "); got != c.present || strings.Join(leaving, ", ") != c.leaving {
				t.Errorf("got %q and %q, want %q and %q", got, leaving, c.present, c.leaving)
			}
		})
	}
}
