import type { Fields, Rule } from "../../rule";
import { sample } from "../../samples";

/** Fields with an address, and fields with a list of addresses. */
const one = ["podIP", "hostIP"];
const several = ["podIPs", "hostIPs"];

const unchanged = (value: (object: string) => string) => `${value("object")} == ${value("oldObject")}`;

const pod = (status: Fields) =>
  sample("v1/Pod", { spec: { containers: [{ name: "c", image: "example.org/c:v1" }] }, status });

export const podStatuses: Rule = {
  id: "T13b",
  title: "The node says which address a pod has",
  why: "Prometheus scrapes the address in a pod's status: who writes 127.0.0.1 there has Prometheus scrape itself, and every series of every tenant.",
  severity: "critical",
  references: [
    "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus",
    "https://kubernetes.io/docs/reference/access-authn-authz/node/",
  ],
  scope: "tenants",
  platformMay: true,
  judges: "statuses",
  on: ["v1/Pod"],
  validations: [
    ...one.map((field) => ({
      expression: unchanged((object) => `${object}.?status.?${field}.orValue("")`),
      message: `Leave status.${field} as it is: the pod's node writes it.`,
    })),
    ...several.map((field) => ({
      expression: unchanged(
        (object) => `${object}.?status.?${field}.orValue([]).map(a, a.?ip.orValue("")).join(",")`,
      ),
      message: `Leave status.${field} as it is: the pod's node writes it.`,
    })),
  ],
  samples: {
    good: [pod({ phase: "Pending" }), pod({ conditions: [{ type: "example.org/ready", status: "True" }] })],
    bad: [
      pod({ podIP: "127.0.0.1", podIPs: [{ ip: "127.0.0.1" }] }),
      pod({ hostIP: "10.0.0.1", hostIPs: [{ ip: "10.0.0.1" }] }),
    ],
  },
};
