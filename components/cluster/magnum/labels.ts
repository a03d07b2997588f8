/**
 * What a Magnum cluster is told in labels. Pure. Drivers read different ones and ignore the rest, so each wish stands here once for every
 * driver that has a word for it: h is k8s_capi_helm (magnum-capi-helm), v is k8s_cluster_api (magnum-cluster-api), f is Heat's
 * k8s_fedora_coreos, which Magnum has dropped.
 */
import type { MagnumClusterConfig } from "../../../config/magnumCluster";

/** Who may ask the API: administrators, and the nodes themselves. */
const apiClients = ({ adminCidrs, cidr }: MagnumClusterConfig): string =>
  [...new Set([...adminCidrs, cidr])].join(",");

/** What an upgrade changes, and nothing else: drivers keep to the labels that a cluster was made with, whatever its template says later. */
export const templateLabels = (config: MagnumClusterConfig): Record<string, string> => ({
  ...clusterLabels(config),
  kube_tag: config.kubernetes, // v f; for h the image decides
});

/** What a cluster is made with. */
export const clusterLabels = (config: MagnumClusterConfig): Record<string, string> => ({
  fixed_subnet_cidr: config.cidr,

  // The door: one load balancer before the API, open to the named ranges.
  master_lb_floating_ip_enabled: String(config.apiFloatingIp),
  api_master_lb_allowed_cidrs: apiClients(config), // h
  master_lb_allowed_cidrs: apiClients(config), // f; v has none
  octavia_provider: config.loadBalancers,

  // The cloud's controllers, for load balancers of Services and for volumes. h always has them.
  cloud_provider_enabled: "true", // f
  cinder_csi_enabled: "true", // v f
  csi_cinder_reclaim_policy: "Retain", // h: a volume outlives its claim
  csi_cinder_volume_binding_mode: "WaitForFirstConsumer", // h: a volume comes where its pod is

  boot_volume_size: String(config.bootVolume),
  etcd_volume_size: String(config.servers.etcdVolume),
  ...(config.volumeType !== undefined && {
    boot_volume_type: config.volumeType,
    etcd_volume_type: config.volumeType,
  }),
  ...(config.imagePrefix !== undefined && { container_infra_prefix: config.imagePrefix }), // v f

  // Added to Kubernetes' own, of which Pod Security and admission policies are. Heat's default names plugins that are gone.
  admission_control_list: "NodeRestriction", // v f
  audit_log_enabled: "true", // v
  auto_healing_enabled: "true",
  // The platform brings its own, and a dashboard is one more door.
  monitoring_enabled: "false", // h f
  kube_dashboard_enabled: "false", // h f
});
