import type { Rule } from "../../rule";
import { deployment, prometheus, sample } from "../../samples";
import { podKinds, podVariables } from "./parts";

/** What programs that watch a node may read of it, on every node, and no other program anywhere. */
const watched = "^/(proc|sys|var/log)(/|$)";

const volume = (path: string) => ({ volumes: [{ name: "host", hostPath: { path } }] });
const mount = (fields: object) => ({ volumeMounts: [{ name: "host", mountPath: "/host", ...fields }] });
const daemonSet = (container: object, pod: object) =>
  sample("apps/v1/DaemonSet", {
    spec: {
      selector: { matchLabels: { app: "sample" } },
      template: {
        metadata: { labels: { app: "sample" } },
        spec: { containers: [{ name: "c", image: "example.org/c:v1", ...container }], ...pod },
      },
    },
  });

export const podHost: Rule = {
  id: "S6c",
  title: "Pods keep off their node",
  why: "In a node's network a pod passes every NetworkPolicy and reaches the metadata service; on its disk lie the secrets of all pods.",
  severity: "critical",
  references: [
    "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
    "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  ],
  scope: "everywhere",
  on: podKinds,
  variables: {
    ...podVariables,
    hostVolumes: "variables.pod.?volumes.orValue([]).filter(v, has(v.hostPath))",
    // Folders that a DaemonSet may read.
    watchedVolumes: `object.kind == "DaemonSet"
      ? variables.hostVolumes.filter(v, v.hostPath.path.matches("${watched}")).map(v, v.name) : []`,
  },
  validations: [
    {
      expression: `variables.pod.?hostNetwork.orValue(false) == false
        && variables.pod.?hostPID.orValue(false) == false && variables.pod.?hostIPC.orValue(false) == false`,
      message: "Leave hostNetwork, hostPID and hostIPC out.",
    },
    {
      expression: "variables.containers.all(c, c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0))",
      message: "Leave hostPort out of the ports, and put a Service before the pods.",
    },
    {
      expression: "variables.hostVolumes.all(v, v.name in variables.watchedVolumes)",
      message: "Leave hostPath volumes out. A DaemonSet may have /proc, /sys and /var/log, to read.",
    },
    {
      expression: `variables.containers.all(c, c.?volumeMounts.orValue([]).all(m,
        m.?readOnly.orValue(false) == true || !(m.name in variables.watchedVolumes)))`,
      message: "Set readOnly to true where a folder of the node is mounted.",
    },
  ],
  samples: {
    good: [
      deployment(
        { ports: [{ containerPort: 8080 }] },
        { hostNetwork: false, volumes: [{ name: "v", emptyDir: {} }] },
      ),
      daemonSet(mount({ readOnly: true }), volume("/var/log/pods")),
      prometheus({ volumes: [{ name: "object-store", secret: { secretName: "s" } }] }),
    ],
    bad: [
      deployment({}, { hostNetwork: true }),
      deployment({}, { hostPID: true }),
      sample("v1/Pod", { spec: { hostIPC: true, containers: [{ name: "c", image: "example.org/c:v1" }] } }),
      prometheus({ hostNetwork: true }),
      deployment({ ports: [{ containerPort: 8080, hostPort: 8080 }] }),
      deployment(mount({ readOnly: true }), volume("/var/log")),
      daemonSet(mount({ readOnly: true }), volume("/")),
      daemonSet(mount({}), volume("/var/log")),
      daemonSet(mount({ readOnly: true }), volume("/var/lib/kubelet/pods")),
    ],
  },
};
