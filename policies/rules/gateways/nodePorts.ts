import { docker, labelProxyImage, thanosImage } from "../../programSamples";
import { dockerContainer, isProgram, named, openPrograms, plainPodKinds, podVariables } from "../../programs";
import { quote, type Rule } from "../../rule";
import { deployment } from "../../samples";

/** Programs that have a gateway in front of them, or are one. */
const open = `(${openPrograms}|grafana)`;

const local = "^(127\\.[0-9.]+|::1)$";

export const nodePorts: Rule = {
  id: "Q2c",
  title: "Programs behind a gateway take no port of their node",
  why: "A port of the node is beside every gateway and every network policy: whoever reaches the machine reads all tenants.",
  severity: "high",
  references: [
    "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods",
  ],
  scope: "everywhere",
  on: [...plainPodKinds, dockerContainer],
  variables: {
    ...podVariables,
    open: `variables.containers.filter(c, ${isProgram("c", open)})`,
    dockerOpen: `variables.docker.exists(line, line.matches(${quote(named(open))}))
      || (!has(object.kind) && object.?name.orValue("").matches(${quote(open)}))`,
  },
  validations: [
    {
      expression: "variables.open.all(c, c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0))",
      message: "Leave hostPort out; what must be reached from outside goes through the gateway.",
    },
    {
      expression: "variables.open.size() == 0 || variables.pod.?hostNetwork.orValue(false) == false",
      message: "Leave hostNetwork out.",
    },
    {
      expression: `!(variables.dockerOpen)
        || (object.?networkMode.orValue("") != "host"
          && object.?ports.orValue([]).all(p, p.?ip.orValue("").matches(${quote(local)})))`,
      message:
        "Publish no port of this container but on 127.0.0.1 (`ip`), and leave networkMode host out: the gateway reaches it over their common network.",
    },
  ],
  samples: {
    good: [
      deployment({ image: thanosImage, ports: [{ containerPort: 10902 }] }),
      // Not one of them: it tells of its node, and the node's network is its subject.
      deployment({ image: "quay.io/prometheus/node-exporter:v1.10.2" }, { hostNetwork: true }),
      docker({ name: "prometheus", ports: [{ internal: 9090, external: 9090, ip: "127.0.0.1" }] }),
      docker({ name: "traefik", ports: [{ internal: 443, external: 443 }] }),
    ],
    bad: [
      deployment({ image: thanosImage, ports: [{ containerPort: 10902, hostPort: 10902 }] }),
      deployment({ image: labelProxyImage, ports: [{ containerPort: 8080, hostPort: 80 }] }),
      deployment({ image: "docker.io/grafana/loki:3.5.0" }, { hostNetwork: true }),
      docker({ name: "prom", command: ["/bin/prometheus"], ports: [{ internal: 9090, external: 9090 }] }),
      docker({ name: "thanos-query", ports: [{ internal: 9090, external: 9090, ip: "0.0.0.0" }] }),
      docker({ name: "loki", networkMode: "host" }),
    ],
  },
};
