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
  /** Brings up a cluster in Docker where there is an engine and internet; its default node image is Kubernetes 1.34. */
  kind: "0.30.0",
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
  prometheusOperator: { name: "quay.io/prometheus-operator/prometheus-operator", tag: "v0.89.0" },
  prometheusConfigReloader: {
    name: "quay.io/prometheus-operator/prometheus-config-reloader",
    tag: "v0.89.0",
  },
  thanos: { name: "quay.io/thanos/thanos", tag: "v0.42.2" },
  kubeRbacProxy: { name: "quay.io/brancz/kube-rbac-proxy", tag: "v0.19.1" },
  promLabelProxy: { name: "quay.io/prometheuscommunity/prom-label-proxy", tag: "v0.12.1" },
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

export const imageRef = (image: Image): string => `${image.name}:${image.tag}`;
