/**
 * Every version in one place. The components take their images from here, the toolchain what it downloads or
 * builds, and a test holds package.json and toolchain/go/go.mod against it.
 */

/** Programs that are not images: the engine, the cluster and the packages of the distribution. */
export const versions = {
  /** Pulumi CLI; equal to the SDK in package.json. Later SDKs want Node 22. */
  pulumi: "3.246.0",
  kubernetes: "1.34.4",
  etcd: "3.6.4",
  coredns: "1.13.1",
  /** Terraform's provider inside of the plugin of @pulumi/openstack: the one that the package was made from. */
  openstackProvider: "1.54.1",
  /** Brings up a cluster in Docker where there is an engine and internet; its default node image is Kubernetes 1.34. */
  kind: "0.30.0",
  /** Plays AWS's S3, IAM and Route 53 for tests. */
  moto: "5.2.5",
  /** Linters of shell and of workflows; the first one as its Python wheel counts. */
  shellcheck: "0.11.0.1",
  actionlint: "1.7.12",
  /** Let's Encrypt's own authority for tests, of which the edge gets certificates there. */
  pebble: "2.10.1",
  /** On machines that an environment makes for itself: the same Kubernetes. */
  k3s: "v1.34.4+k3s1",
} as const;

/** An image by its upstream name; the tag is pinned, never `latest`. */
export interface Image {
  readonly name: string;
  readonly tag: string;
}

export const images = {
  prometheus: { name: "quay.io/prometheus/prometheus", tag: "v3.9.1" },
  prometheusOperator: { name: "quay.io/prometheus-operator/prometheus-operator", tag: "v0.90.1" },
  prometheusConfigReloader: {
    name: "quay.io/prometheus-operator/prometheus-config-reloader",
    tag: "v0.90.1",
  },
  thanos: { name: "quay.io/thanos/thanos", tag: "v0.42.2" },
  /** Only attacks run these two, in place of the query guard, to show what that one keeps closed. */
  kubeRbacProxy: { name: "quay.io/brancz/kube-rbac-proxy", tag: "v0.19.1" },
  promLabelProxy: { name: "quay.io/prometheuscommunity/prom-label-proxy", tag: "v0.12.1" },
  /** The query guard and the store guard, ours: programs/guards. */
  guards: { name: "ghcr.io/moat-observability/guards", tag: "v0.1.0" },
  s3: { name: "ghcr.io/versity/versitygw", tag: "v1.8.0" },
  traefik: { name: "docker.io/library/traefik", tag: "v3.7.15" },
  nodeExporter: { name: "quay.io/prometheus/node-exporter", tag: "v1.10.2" },
} as const satisfies Record<string, Image>;

/**
 * On OpenStack only, so the embedded cluster has no build of them. They follow Kubernetes' minor version; the helpers are those that the
 * driver's own manifests name.
 */
export const openstackImages = {
  cloudControllerManager: {
    name: "registry.k8s.io/provider-os/openstack-cloud-controller-manager",
    tag: "v1.34.1",
  },
  cinderCsiPlugin: { name: "registry.k8s.io/provider-os/cinder-csi-plugin", tag: "v1.34.1" },
  csiAttacher: { name: "registry.k8s.io/sig-storage/csi-attacher", tag: "v4.10.0" },
  csiProvisioner: { name: "registry.k8s.io/sig-storage/csi-provisioner", tag: "v5.3.0" },
  csiResizer: { name: "registry.k8s.io/sig-storage/csi-resizer", tag: "v1.14.0" },
  csiNodeDriverRegistrar: { name: "registry.k8s.io/sig-storage/csi-node-driver-registrar", tag: "v2.15.0" },
  csiLivenessProbe: { name: "registry.k8s.io/sig-storage/livenessprobe", tag: "v2.17.0" },
} as const satisfies Record<string, Image>;

/**
 * On EKS only: add-ons that AWS builds and runs, by their names there. They follow Kubernetes' minor version;
 * `aws eks describe-addon-versions --kubernetes-version 1.34` lists what there is.
 */
export const eksAddons = {
  "vpc-cni": "v1.21.1-eksbuild.1",
  "kube-proxy": "v1.34.1-eksbuild.2",
  coredns: "v1.12.4-eksbuild.1",
  "eks-pod-identity-agent": "v1.3.10-eksbuild.2",
  "aws-ebs-csi-driver": "v1.54.0-eksbuild.1",
} as const satisfies Record<string, string>;

/** Where certificates or records are made by programs in the cluster; the embedded one has no need of them. */
export const edgeImages = {
  certManager: { name: "quay.io/jetstack/cert-manager-controller", tag: "v1.21.1" },
  acmeSolver: { name: "quay.io/jetstack/cert-manager-acmesolver", tag: "v1.21.1" },
  // 0.4.0 ends at its start: it registers a name that its newer libraries refuse.
  designateSolver: { name: "docker.io/syseleven/designate-certmanager-webhook", tag: "0.3.1" },
  externalDns: { name: "registry.k8s.io/external-dns/external-dns", tag: "v0.22.0" },
} as const satisfies Record<string, Image>;

/**
 * No build of it for the embedded cluster, either: its pages are made with more than a closed machine has. The one on Alpine, as
 * `organisations.sh` takes its shell and its curl.
 */
export const grafanaImages = {
  grafana: { name: "docker.io/grafana/grafana", tag: "13.2.3" },
} as const satisfies Record<string, Image>;

/** Every image that an environment may run. */
export const allImages: readonly Image[] = [images, openstackImages, edgeImages, grafanaImages].flatMap(
  (group) => Object.values<Image>(group),
);

export const imageRef = (image: Image): string => `${image.name}:${image.tag}`;
