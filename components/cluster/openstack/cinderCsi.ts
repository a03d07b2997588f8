/**
 * The Cinder CSI driver and the default storage class, as objects that k3s applies at its start. Pure.
 * After manifests/cinder-csi-plugin of https://github.com/kubernetes/cloud-provider-openstack
 */
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import { type Image, imageRef, openstackImages as images } from "../../../versions";
import { cloudConfig } from "./bootstrap";
import { account, boundRole, mayLead, rule, system } from "./systemObjects";

const driver = "cinder.csi.openstack.org";
const controller = "csi-cinder-controller";
const node = "csi-cinder-node";
const read = ["get", "list", "watch"] as const;

type Settings = Pick<OpenStackClusterConfig, "volumeType" | "volumeZone">;

export const cinderCsi = (cluster: string, settings: Settings): object[] => [
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    metadata: { name: driver },
    spec: { attachRequired: true, podInfoOnMount: true, volumeLifecycleModes: ["Persistent"] },
  },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "cinder", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: driver,
    // A volume outlives its claim: whoever wants the data gone says so in the cloud.
    reclaimPolicy: "Retain",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    parameters: parametersOf(settings),
  },
  account(controller),
  ...boundRole(controller, controllerRules),
  controllerDeployment(cluster),
  account(node),
  ...boundRole(node, [rule("", "events", ...read, "create", "update", "patch")]),
  nodeDaemonSet,
];

const parametersOf = ({ volumeType, volumeZone }: Settings): Record<string, string> => ({
  ...(volumeType !== undefined && { type: volumeType }),
  // Otherwise the driver asks for the zone of the pod's node.
  ...(volumeZone !== undefined && { availability: volumeZone }),
});

const controllerRules = [
  rule("", "persistentvolumes", ...read, "create", "delete", "patch"),
  rule("", "persistentvolumeclaims", ...read, "update"),
  rule("", "persistentvolumeclaims/status", "patch"),
  rule("", "pods", ...read),
  rule("", "nodes", ...read),
  rule("", "events", "list", "watch", "create", "update", "patch"),
  rule("storage.k8s.io", "storageclasses", ...read),
  rule("storage.k8s.io", "csinodes", ...read),
  rule("storage.k8s.io", "volumeattachments", ...read, "patch"),
  rule("storage.k8s.io", "volumeattachments/status", "patch"),
  mayLead,
];

const locked = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} as const;
const requests = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "256Mi" } } as const;
const socketFolder = "/csi";
const socket = `${socketFolder}/csi.sock`;
const socketMount = { name: "socket", mountPath: socketFolder } as const;
const configMount = { name: "cloud-config", mountPath: cloudConfig.folder, readOnly: true } as const;
const configVolume = { name: "cloud-config", secret: { secretName: cloudConfig.secret } } as const;

/** One of the helpers that stand beside a driver and talk to Kubernetes for it. */
const sidecar = (name: string, image: Image, ...args: readonly string[]) => ({
  name,
  image: imageRef(image),
  args: [`--csi-address=${socket}`, ...args],
  resources: requests,
  securityContext: locked,
  volumeMounts: [socketMount],
});

const plugin = (...args: readonly string[]) => ({
  name: "cinder-csi-plugin",
  image: imageRef(images.cinderCsiPlugin),
  args: [
    "/bin/cinder-csi-plugin",
    `--endpoint=unix:/${socket}`,
    `--cloud-config=${cloudConfig.folder}/${cloudConfig.key}`,
    "--v=1",
    ...args,
  ],
  ports: [{ containerPort: 9808, name: "healthz" }],
  livenessProbe: {
    httpGet: { path: "/healthz", port: "healthz" },
    failureThreshold: 5,
    initialDelaySeconds: 10,
    timeoutSeconds: 10,
    periodSeconds: 60,
  },
  resources: requests,
});

const liveness = sidecar("liveness-probe", images.csiLivenessProbe);

function controllerDeployment(cluster: string) {
  const labels = { app: controller };
  const leader = ["--timeout=3m", "--leader-election=true"] as const;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...system(controller), labels },
    spec: {
      // One acts, the other takes over.
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: controller,
          priorityClassName: "system-cluster-critical",
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [
            sidecar("csi-attacher", images.csiAttacher, ...leader, "--default-fstype=ext4"),
            sidecar(
              "csi-provisioner",
              images.csiProvisioner,
              ...leader,
              "--default-fstype=ext4",
              "--feature-gates=Topology=true",
              "--extra-create-metadata",
            ),
            sidecar("csi-resizer", images.csiResizer, ...leader, "--handle-volume-inuse-error=false"),
            liveness,
            {
              ...plugin(`--cluster=${cluster}`, "--pvc-annotations", "--provide-node-service=false"),
              securityContext: locked,
              volumeMounts: [socketMount, configMount],
            },
          ],
          volumes: [{ name: "socket", emptyDir: {} }, configVolume],
        },
      },
    },
  };
}

const kubelet = "/var/lib/kubelet";
const pluginFolder = `${kubelet}/plugins/${driver}`;

const nodeDaemonSet = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { ...system(node), labels: { app: node } },
  spec: {
    selector: { matchLabels: { app: node } },
    template: {
      metadata: { labels: { app: node } },
      spec: {
        serviceAccountName: node,
        priorityClassName: "system-node-critical",
        // It asks the metadata service in which zone it is; pods elsewhere cannot.
        hostNetwork: true,
        tolerations: [{ operator: "Exists" }],
        containers: [
          {
            ...sidecar(
              "node-driver-registrar",
              images.csiNodeDriverRegistrar,
              `--kubelet-registration-path=${pluginFolder}/csi.sock`,
            ),
            volumeMounts: [socketMount, { name: "registration", mountPath: "/registration" }],
          },
          liveness,
          {
            ...plugin("--provide-controller-service=false"),
            // It formats and mounts disks.
            securityContext: { privileged: true },
            volumeMounts: [
              socketMount,
              { name: "kubelet", mountPath: kubelet, mountPropagation: "Bidirectional" },
              { name: "devices", mountPath: "/dev", mountPropagation: "HostToContainer" },
              configMount,
            ],
          },
        ],
        volumes: [
          { name: "socket", hostPath: { path: pluginFolder, type: "DirectoryOrCreate" } },
          { name: "registration", hostPath: { path: `${kubelet}/plugins_registry`, type: "Directory" } },
          { name: "kubelet", hostPath: { path: kubelet, type: "Directory" } },
          { name: "devices", hostPath: { path: "/dev", type: "Directory" } },
          configVolume,
        ],
      },
    },
  },
} as const;
