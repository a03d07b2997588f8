package netpol

import (
	"flag"
	"fmt"
	"log"
	"maps"
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
	// attached are the sandboxes that the CNI plugin reported, by their id. Their addresses are known before the kubelet
	// writes them into the status, so a pod is behind its policies before its first process starts; and for as long as
	// a process of theirs may run, when the pod was deleted by force and the API server has forgotten it.
	attached map[string]*attachment
	// attachments counts them, from the start.
	attachments int
	written     string
	waiting     []chan struct{}
}

// attachment is a sandbox with an address.
type attachment struct {
	key, ip string
	// order tells which of two sandboxes of one name is the newer.
	order int
}

// newest is the sandbox that a pod of this name has now, or nil.
func (e *enforcer) newest(key string) (found *attachment) {
	for _, a := range e.attached {
		if a.key == key && (found == nil || a.order > found.order) {
			found = a
		}
	}
	return found
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
	s.Pods, s.Leaving = e.present(pods)
	return s, nil
}

// present are the pods by their addresses, and the addresses of those that are over while their processes may still end.
func (e *enforcer) present(pods []*corev1.Pod) (present []Pod, leaving []string) {
	reported, others := map[string]Pod{}, map[string]Pod{}
	for _, p := range pods {
		if a := e.newest(p.Namespace + "/" + p.Name); a != nil {
			if pod, ok := view(p, a.ip); ok {
				reported[pod.IP] = pod
			}
		} else if pod, ok := view(p, p.Status.PodIP); ok {
			others[pod.IP] = pod
		}
	}
	for _, a := range e.attached {
		if _, there := reported[a.ip]; !there {
			leaving = append(leaving, a.ip)
		}
	}
	slices.Sort(leaving)
	// Two pods with one address are one that ended and one that took over, which was reported.
	maps.Copy(others, reported)
	for _, ip := range leaving {
		delete(others, ip)
	}
	present = slices.SortedFunc(maps.Values(others), func(a, b Pod) int { return strings.Compare(a.IP, b.IP) })
	return present, leaving
}

// view is the pod as the rules see it, if it has an address of its own and is not over.
func view(p *corev1.Pod, ip string) (Pod, bool) {
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
	podCIDR := flag.String("pod-cidr", "", "the network of all pods; what is in it and not known is refused")
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
		dirty: make(chan struct{}, 1), attached: map[string]*attachment{},
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
