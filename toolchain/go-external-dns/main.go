// external-dns for tests, as far as it can be had: its own flags, its provider of Route 53, its registry in TXT records and its planner. What it
// needs to watch a cluster is not in the module registry whole, so Services come on standard input, chosen already.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns/validation"
	"sigs.k8s.io/external-dns/plan"
	"sigs.k8s.io/external-dns/provider"
	"sigs.k8s.io/external-dns/provider/aws"
	"sigs.k8s.io/external-dns/registry/txt"
	"sigs.k8s.io/external-dns/source/annotations"
)

func main() {
	if err := once(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

// once brings the records in line with the Services, one time.
func once(ctx context.Context, args []string) error {
	config := externaldns.NewConfig()
	if err := config.ParseFlags(args); err != nil {
		return fmt.Errorf("flags: %w", err)
	}
	if err := validation.ValidateConfig(config); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	annotations.SetAnnotationPrefix(config.AnnotationPrefix)
	policy, known := plan.Policies[config.Policy]
	if !known || config.Provider != externaldns.ProviderAWS || config.Registry != externaldns.RegistryTXT {
		return fmt.Errorf("policy %q, provider %q and registry %q are not of this build", config.Policy, config.Provider, config.Registry)
	}
	var services corev1.ServiceList
	if err := json.NewDecoder(os.Stdin).Decode(&services); err != nil {
		return fmt.Errorf("services on standard input: %w", err)
	}

	domains := endpoint.NewDomainFilterWithOptions(endpoint.WithDomainFilter(config.DomainFilter))
	route53, err := aws.New(ctx, config, domains)
	if err != nil {
		return err
	}
	registry, err := txt.New(config, route53)
	if err != nil {
		return err
	}
	current, err := registry.Records(ctx)
	if err != nil {
		return err
	}
	desired, err := registry.AdjustEndpoints(endpointsOf(services.Items))
	if err != nil {
		return err
	}
	changes := (&plan.Plan{
		Policies:       []plan.Policy{policy},
		Current:        current,
		Desired:        desired,
		DomainFilter:   endpoint.MatchAllDomainFilters{domains, registry.GetDomainFilter()},
		ManagedRecords: config.ManagedDNSRecordTypes,
		ExcludeRecords: config.ExcludeDNSRecordTypes,
		OwnerID:        registry.OwnerID(),
	}).Calculate().Changes
	fmt.Printf("%d to create, %d to update, %d to delete\n", len(changes.Create), len(changes.UpdateNew), len(changes.Delete))
	if !changes.HasChanges() {
		return nil
	}
	return registry.ApplyChanges(context.WithValue(ctx, provider.RecordsContextKey, current), changes)
}

// endpointsOf reads what the annotations of load balancers say, and where these are.
func endpointsOf(services []corev1.Service) []*endpoint.Endpoint {
	var all []*endpoint.Endpoint
	for _, service := range services {
		resource := fmt.Sprintf("service/%s/%s", service.Namespace, service.Name)
		ttl := annotations.TTLFromAnnotations(service.Annotations, resource)
		specific, identifier := annotations.ProviderSpecificAnnotations(service.Annotations)
		var targets endpoint.Targets
		for _, ingress := range service.Status.LoadBalancer.Ingress {
			for _, target := range []string{ingress.IP, ingress.Hostname} {
				if target != "" {
					targets = append(targets, target)
				}
			}
		}
		for _, host := range annotations.HostnamesFromAnnotations(service.Annotations) {
			all = append(all, endpoint.EndpointsForHostname(host, targets, ttl, specific, identifier, resource)...)
		}
	}
	return all
}
