package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// cluster is a connection to an API server.
type cluster struct {
	server  string
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
	// namespace is where namespaced objects go that name none.
	namespace string
}

func connect(s settings) (*cluster, error) {
	loader, err := clientConfig(s)
	if err != nil {
		return nil, err
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("no usable kubeconfig: %w; set kubernetes:kubeconfig, the provider's kubeconfig or KUBECONFIG", err)
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, err
	}
	if s.namespace != "" {
		namespace = s.namespace
	}
	config.QPS, config.Burst, config.Timeout = s.qps, s.burst, time.Duration(s.timeout)*time.Second
	config.UserAgent = "pulumi-kubernetes"
	config.WarningHandler = rest.NoWarnings{}
	disc, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	dyn, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &cluster{
		server: config.Host, dynamic: dyn, namespace: namespace,
		mapper: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(disc)),
	}, nil
}

// clientConfig takes the kubeconfig as content or as a path; a relative path is relative to the program's directory, in
// which the engine starts its plugins.
func clientConfig(s settings) (clientcmd.ClientConfig, error) {
	overrides := &clientcmd.ConfigOverrides{CurrentContext: s.context}
	overrides.Context.Cluster = s.cluster
	if isContent(s.kubeconfig) {
		config, err := clientcmd.Load([]byte(s.kubeconfig))
		if err != nil {
			return nil, fmt.Errorf("the kubeconfig of the kubernetes provider is not a kubeconfig: %w", err)
		}
		return clientcmd.NewDefaultClientConfig(*config, overrides), nil
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	if s.kubeconfig != "" {
		paths := filepath.SplitList(s.kubeconfig)
		for _, path := range paths {
			if _, err := os.Stat(path); err != nil && len(paths) == 1 {
				return nil, fmt.Errorf("the kubeconfig of the kubernetes provider cannot be read: %w", err)
			}
		}
		rules = &clientcmd.ClientConfigLoadingRules{Precedence: paths}
	}
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides), nil
}

// isContent tells a kubeconfig from the path of one.
func isContent(s string) bool {
	return strings.Contains(s, "\n") || strings.HasPrefix(strings.TrimSpace(s), "{")
}

// activeCluster is the cluster entry that the settings lead to.
func activeCluster(s settings) (*clientcmdapi.Cluster, error) {
	loader, err := clientConfig(s)
	if err != nil {
		return nil, err
	}
	raw, err := loader.RawConfig()
	if err != nil {
		return nil, err
	}
	name := s.cluster
	if name == "" {
		current := raw.CurrentContext
		if s.context != "" {
			current = s.context
		}
		active := raw.Contexts[current]
		if active == nil {
			return nil, fmt.Errorf("the kubeconfig has no context %q", current)
		}
		name = active.Cluster
	}
	found := raw.Clusters[name]
	if found == nil {
		return nil, fmt.Errorf("the kubeconfig has no cluster %q", name)
	}
	found.LocationOfOrigin = ""
	return found, nil
}

// scope says whether objects of this kind live in namespaces.
func (c *cluster) scope(gvk schema.GroupVersionKind) (namespaced bool, err error) {
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return false, c.explain(err)
	}
	return mapping.Scope.Name() == meta.RESTScopeNameNamespace, nil
}

// client is where objects like this one are read and written.
func (c *cluster) client(u *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	gvk := u.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, c.explain(err)
	}
	if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
		return c.dynamic.Resource(mapping.Resource), nil
	}
	namespace := u.GetNamespace()
	if namespace == "" {
		namespace = c.namespace
	}
	return c.dynamic.Resource(mapping.Resource).Namespace(namespace), nil
}

// unreachable is the error of a cluster that does not answer.
type unreachable struct {
	server string
	cause  error
}

func (e unreachable) Error() string {
	return fmt.Sprintf("the Kubernetes API server at %s cannot be reached: %v; start the cluster or mend the kubeconfig",
		e.server, e.cause)
}

func (e unreachable) Unwrap() error { return e.cause }

// explain tells a cluster that does not answer from one that says no.
func (c *cluster) explain(err error) error {
	var answered apierrors.APIStatus
	var failed *url.Error
	if !errors.As(err, &answered) && errors.As(err, &failed) && !errors.Is(err, context.Canceled) &&
		!errors.Is(err, context.DeadlineExceeded) {
		return unreachable{server: c.server, cause: failed.Err}
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
