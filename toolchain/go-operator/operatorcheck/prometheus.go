package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	commonconfig "github.com/prometheus/common/config"
	"github.com/prometheus/prometheus/config"
	// Its registration lets a configuration find targets by it.
	_ "github.com/prometheus/prometheus/discovery/kubernetes"
	"github.com/prometheus/prometheus/model/relabel"
)

// shortest time between two scrapes that the tenants' rules let through.
const shortest = 5 * time.Second

// loaded is what Prometheus makes of the configuration, and what each of its scrapes may do.
func loaded(p *monitoringv1.Prometheus, written []byte) (Verdict, error) {
	packed, err := packedSize(written)
	if err != nil {
		return Verdict{}, err
	}
	verdict := Verdict{Bytes: packed}
	prometheus, err := config.Load(string(written), quiet)
	if err != nil {
		return Verdict{Broken: fmt.Sprintf("Prometheus refuses the configuration: %v", err)}, nil
	}
	for _, scrape := range prometheus.ScrapeConfigs {
		if err := sound(p, scrape); err != nil {
			return Verdict{Broken: err.Error()}, nil
		}
	}
	return verdict, nil
}

// packedSize is that of the configuration in its Secret.
func packedSize(written []byte) (int, error) {
	var packed bytes.Buffer
	pack := gzip.NewWriter(&packed)
	if _, err := pack.Write(written); err != nil {
		return 0, err
	}
	if err := pack.Close(); err != nil {
		return 0, err
	}
	return packed.Len(), nil
}

// sound tells whether a scrape stays within what is enforced, and can be set up.
func sound(p *monitoringv1.Prometheus, scrape *config.ScrapeConfig) error {
	spec := p.Spec
	limits := []struct {
		name     string
		set      uint64
		enforced *uint64
	}{
		{"sample limit", uint64(scrape.SampleLimit), spec.EnforcedSampleLimit},
		{"target limit", uint64(scrape.TargetLimit), spec.EnforcedTargetLimit},
		{"label limit", uint64(scrape.LabelLimit), spec.EnforcedLabelLimit},
		{"label name length limit", uint64(scrape.LabelNameLengthLimit), spec.EnforcedLabelNameLengthLimit},
		{"label value length limit", uint64(scrape.LabelValueLengthLimit), spec.EnforcedLabelValueLengthLimit},
	}
	for _, limit := range limits {
		if limit.set == 0 || limit.enforced == nil || limit.set > *limit.enforced {
			return fmt.Errorf("the %s of %s is %d", limit.name, scrape.JobName, limit.set)
		}
	}
	if scrape.BodySizeLimit <= 0 {
		return fmt.Errorf("the body size limit of %s is %d", scrape.JobName, scrape.BodySizeLimit)
	}
	if scrape.HonorLabels || scrape.HonorTimestamps || time.Duration(scrape.ScrapeInterval) < shortest {
		return fmt.Errorf("%s honours labels or times, or scrapes every %s", scrape.JobName, scrape.ScrapeInterval)
	}
	for _, list := range [][]*relabel.Config{relabelingsOfTarget(scrape), scrape.MetricRelabelConfigs} {
		if len(list) > 0 && !setsNamespace(list[len(list)-1]) {
			return fmt.Errorf("the last relabeling of %s does not set the tenant's label", scrape.JobName)
		}
	}
	return reachable(scrape)
}

// relabelingsOfTarget leaves out the three by which the operator shares targets among shards.
func relabelingsOfTarget(scrape *config.ScrapeConfig) []*relabel.Config {
	return scrape.RelabelConfigs[:len(scrape.RelabelConfigs)-3]
}

func setsNamespace(last *relabel.Config) bool {
	return last.Action == relabel.Replace && last.TargetLabel == tenantLabel && last.Replacement == namespace
}

// tenantLabel is the enforced one.
const tenantLabel = "namespace"

// reachable makes the client of a scrape. Files of certificates lie in the pod alone.
func reachable(scrape *config.ScrapeConfig) error {
	client := scrape.HTTPClientConfig
	client.TLSConfig = withoutFiles(client.TLSConfig)
	if client.OAuth2 != nil {
		oauth2 := *client.OAuth2
		oauth2.TLSConfig = withoutFiles(oauth2.TLSConfig)
		client.OAuth2 = &oauth2
	}
	made, err := commonconfig.NewClientFromConfig(client, scrape.JobName)
	if err != nil {
		return fmt.Errorf("the client of %s cannot be made: %w", scrape.JobName, err)
	}
	made.CloseIdleConnections()
	return nil
}

func withoutFiles(tls commonconfig.TLSConfig) commonconfig.TLSConfig {
	tls.CAFile, tls.CertFile, tls.KeyFile = "", "", ""
	return tls
}
