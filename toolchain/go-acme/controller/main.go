// controller runs cert-manager's own controllers for one namespace. Only this main is ours: upstream's stands in a module of its own, which is
// not published to the registry. It takes the flags that the edge gives (components/edge/tls/certManager.ts) and starts what upstream's would:
// all controllers that certificates by ACME need, the metrics, the health check and the election of a leader. Other kinds of issuers
// (Venafi, Vault, a CA) and what serves whole clusters are left out, as the edge has no use for them.
package main

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmechallenges"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmeorders"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/ingresses"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/acme"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/metrics"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	"github.com/cert-manager/cert-manager/pkg/healthz"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	"github.com/cert-manager/cert-manager/pkg/issuer/acme/dns/util"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// Upstream's defaults.
const (
	metricsAddress = "0.0.0.0:9402"
	healthAddress  = "0.0.0.0:9403"
	leaseName      = "cert-manager-controller"
	leaseDuration  = 60 * time.Second
	renewDeadline  = 40 * time.Second
	retryPeriod    = 15 * time.Second
	healthTimeout  = 20 * time.Second
	workers        = 5
)

func main() {
	logs.InitLogs()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(logs.NewContext(ctx, logs.Log, "controller"), os.Args[1:]); err != nil {
		logs.Log.Error(err, "controller ended")
		logs.FlushLogs()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	names, err := o.enabled(slices.Sorted(maps.Keys(controller.Known())))
	if err != nil {
		return err
	}
	logs.FromContext(ctx).Info("starting", "controllers", names)
	factory, err := controller.NewContextFactory(ctx, contextOptions(o))
	if err != nil {
		return err
	}
	base, err := factory.Build()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	if err := serveMetrics(ctx, group, base); err != nil {
		return err
	}
	health := healthz.NewServer(healthTimeout)
	listener, err := net.Listen("tcp", healthAddress)
	if err != nil {
		return err
	}
	group.Go(func() error { return health.Start(ctx, listener) })
	group.Go(func() error {
		return lead(ctx, o, factory, health.LeaderHealthzAdaptor, func(ctx context.Context) error {
			return work(ctx, names, factory, base)
		})
	})
	return group.Wait()
}

// contextOptions are upstream's defaults, with what the flags say.
func contextOptions(o options) controller.ContextOptions {
	return controller.ContextOptions{
		KubernetesAPIQPS:   20,
		KubernetesAPIBurst: 50,
		Namespace:          o.namespace,
		IssuerOptions:      controller.IssuerOptions{IssuerAmbientCredentials: o.ambientCredentials},
		ACMEOptions: controller.ACMEOptions{
			HTTP01SolverImage:                 o.solverImage,
			HTTP01SolverResourceRequestCPU:    resource.MustParse("10m"),
			HTTP01SolverResourceRequestMemory: resource.MustParse("64Mi"),
			HTTP01SolverResourceLimitsCPU:     resource.MustParse("100m"),
			HTTP01SolverResourceLimitsMemory:  resource.MustParse("64Mi"),
			ACMEHTTP01SolverRunAsNonRoot:      true,
			DNS01CheckAuthoritative:           !o.recursiveOnly,
			DNS01Nameservers:                  util.RecursiveNameservers,
			DNS01CheckRetryPeriod:             10 * time.Second,
		},
		CertificateOptions: controller.CertificateOptions{
			CopiedAnnotationPrefixes:                 []string{"*", "-kubectl.kubernetes.io/", "-fluxcd.io/", "-argocd.argoproj.io/"},
			CertificateRequestMinimumBackoffDuration: time.Hour,
			CertificateRequestMaximumBackoffDuration: 32 * time.Hour,
		},
		SchedulerOptions: controller.SchedulerOptions{MaxConcurrentChallenges: 60},
	}
}

func serveMetrics(ctx context.Context, group *errgroup.Group, base *controller.Context) error {
	certificates := base.SharedInformerFactory.Certmanager().V1()
	base.Metrics.SetupACMECollector(base.SharedInformerFactory.Acme().V1().Challenges().Lister())
	base.Metrics.SetupCertificateCollector(certificates.Certificates().Lister())
	base.Metrics.SetupIssuerCollector(certificates.Issuers().Lister())
	listener, err := net.Listen("tcp", metricsAddress)
	if err != nil {
		return err
	}
	server := base.Metrics.NewServer(listener)
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	group.Go(func() error {
		if err := server.Serve(listener); ctx.Err() == nil {
			return err
		}
		return nil
	})
	return nil
}

// lead waits for the lease and works while it has it. Losing it is an error: the pod starts anew and waits again.
func lead(
	ctx context.Context,
	o options,
	factory *controller.ContextFactory,
	health *leaderelection.HealthzAdaptor,
	work func(context.Context) error,
) error {
	client, err := factory.Build("leader-election")
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	lock, err := resourcelock.NewWithLabels(resourcelock.LeasesResourceLock, o.leaseNamespace, leaseName,
		client.Client.CoreV1(), client.Client.CoordinationV1(),
		resourcelock.ResourceLockConfig{Identity: host, EventRecorder: client.Recorder},
		map[string]string{"app.kubernetes.io/managed-by": "cert-manager"})
	if err != nil {
		return err
	}
	worked := make(chan error, 1)
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            lock,
		LeaseDuration:   leaseDuration,
		RenewDeadline:   renewDeadline,
		RetryPeriod:     retryPeriod,
		ReleaseOnCancel: true,
		WatchDog:        health,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) { worked <- work(ctx) },
			OnStoppedLeading: func() { logs.FromContext(ctx).Info("not the leader any more") },
		},
	})
	if err != nil {
		return err
	}
	electing, cancel := context.WithCancel(ctx)
	defer cancel()
	elected := make(chan struct{})
	go func() {
		defer close(elected)
		elector.Run(electing)
	}()
	select {
	case err = <-worked:
		// The lease is given back before the process ends.
		cancel()
		<-elected
	case <-elected:
		if ctx.Err() == nil {
			err = fmt.Errorf("the lease %s/%s was lost", o.leaseNamespace, leaseName)
		}
	}
	return err
}

// work runs the controllers until the context ends.
func work(ctx context.Context, names []string, factory *controller.ContextFactory, base *controller.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, name := range names {
		made, err := controller.Known()[name](factory)
		if err != nil {
			return fmt.Errorf("controller %s: %w", name, err)
		}
		group.Go(func() error { return made.Run(workers, ctx) })
	}
	// Only now is it known what they look at.
	base.SharedInformerFactory.Start(ctx.Done())
	base.KubeSharedInformerFactory.Start(ctx.Done())
	base.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	return group.Wait()
}
