package netpol

import (
	"flag"
	"fmt"
	"log"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	netlisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// enforcer keeps the table equal to what the API server says.
type enforcer struct {
	podCIDR    string
	pods       corelisters.PodLister
	namespaces corelisters.NamespaceLister
	policies   netlisters.NetworkPolicyLister

	dirty chan struct{}

	mu sync.Mutex
	// attached are the addresses that the CNI plugin reported, by namespace/name. They are known before the kubelet
	// writes them into the status, so a pod is behind its policies before its first process starts.
	attached map[string]string
	written  string
	waiting  []chan struct{}
}

// kick asks for a look at the state; many kicks before the next look are one.
func (e *enforcer) kick() {
	select {
	case e.dirty <- struct{}{}:
	default:
	}
}

// apply writes the table if it changed and tells those who wait for it.
func (e *enforcer) apply() error {
	e.mu.Lock()
	waiting := e.waiting
	e.waiting = nil
	state, err := e.state()
	e.mu.Unlock()
	if err == nil {
		if text := Table(state); text != e.written {
			started := time.Now()
			if err = nft(text); err == nil {
				e.written = text
				log.Printf("table written in %s: %d pods, %d policies", time.Since(started).Round(time.Millisecond), len(state.Pods), len(state.Policies))
			}
		}
	}
	if err != nil {
		e.mu.Lock()
		e.waiting = append(e.waiting, waiting...)
		e.mu.Unlock()
		return err
	}
	for _, w := range waiting {
		close(w)
	}
	return nil
}

func (e *enforcer) state() (State, error) {
	s := State{PodCIDR: e.podCIDR, Namespaces: map[string]labels.Set{}}
	pods, err := e.pods.List(labels.Everything())
	if err != nil {
		return s, err
	}
	namespaces, err := e.namespaces.List(labels.Everything())
	if err != nil {
		return s, err
	}
	if s.Policies, err = e.policies.List(labels.Everything()); err != nil {
		return s, err
	}
	for _, n := range namespaces {
		s.Namespaces[n.Name] = n.Labels
	}
	for _, p := range pods {
		if pod, ok := view(p, e.attached[p.Namespace+"/"+p.Name]); ok {
			s.Pods = append(s.Pods, pod)
		}
	}
	// Two pods with one address are one that ended and one that took over; the reported one comes first and wins.
	slices.SortFunc(s.Pods, func(a, b Pod) int {
		return strings.Compare(a.IP+e.rank(a)+a.Name, b.IP+e.rank(b)+b.Name)
	})
	s.Pods = slices.CompactFunc(s.Pods, func(a, b Pod) bool { return a.IP == b.IP })
	return s, nil
}

func (e *enforcer) rank(p Pod) string {
	if e.attached[p.Namespace+"/"+p.Name] == p.IP {
		return "/0"
	}
	return "/1"
}

// view is the pod as the rules see it, if it has an address of its own and is not over.
func view(p *corev1.Pod, attached string) (Pod, bool) {
	ip := attached
	if ip == "" {
		ip = p.Status.PodIP
	}
	if p.Spec.HostNetwork || ip == "" || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return Pod{}, false
	}
	pod := Pod{Namespace: p.Namespace, Name: p.Name, IP: ip, Labels: p.Labels}
	for _, c := range slices.Concat(p.Spec.InitContainers, p.Spec.Containers) {
		for _, port := range c.Ports {
			if port.Name != "" {
				pod.Ports = append(pod.Ports, Port{Name: port.Name, Protocol: strings.ToLower(string(port.Protocol)), Number: port.ContainerPort})
			}
		}
	}
	return pod, true
}

func nft(script string) error {
	command := exec.Command("nft", "-f", "-")
	command.Stdin = strings.NewReader(script)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s", err, out)
	}
	return nil
}

// Main runs until it is ended.
func Main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	podCIDR := flag.String("pod-cidr", "", "the network of all pods; what is in it and not known is dropped")
	socket := flag.String("socket", "", "where the CNI plugin reports pods")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal("netpol: ", err)
	}
	factory := informers.NewSharedInformerFactory(kubernetes.NewForConfigOrDie(config), 0)
	pods, namespaces, policies := factory.Core().V1().Pods(), factory.Core().V1().Namespaces(), factory.Networking().V1().NetworkPolicies()
	e := &enforcer{
		podCIDR: *podCIDR, pods: pods.Lister(), namespaces: namespaces.Lister(), policies: policies.Lister(),
		dirty: make(chan struct{}, 1), attached: map[string]string{},
	}
	for _, informer := range []cache.SharedIndexInformer{pods.Informer(), namespaces.Informer(), policies.Informer()} {
		if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc: func(any) { e.kick() }, UpdateFunc: func(_, _ any) { e.kick() }, DeleteFunc: func(any) { e.kick() },
		}); err != nil {
			log.Fatal("netpol: ", err)
		}
	}
	factory.Start(nil)
	factory.WaitForCacheSync(nil)
	if err := e.serve(*socket); err != nil {
		log.Fatal("netpol: ", err)
	}
	e.kick()
	for range e.dirty {
		if err := e.apply(); err != nil {
			log.Print("netpol: ", err)
			time.Sleep(time.Second)
			e.kick()
		}
	}
}
