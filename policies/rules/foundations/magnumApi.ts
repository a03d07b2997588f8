import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { names, wide } from "./parts";

const template = "openstack:containerinfra/clusterTemplate:ClusterTemplate";
const cluster = "openstack:containerinfra/cluster:Cluster";
const kubernetes = { coe: "kubernetes", image: "fedora-coreos" };
const closed = { floatingIpEnabled: false, labels: { master_lb_floating_ip_enabled: "false" } };
const ranges = (value: string, other = value) => ({
  labels: { master_lb_allowed_cidrs: value, api_master_lb_allowed_cidrs: other },
});

export const magnumApi: Rule = {
  id: "S7c",
  title: "The API of a Magnum cluster is not open to the world",
  why: "A leaked token or a hole in the API server is of use to anybody anywhere, past every gateway.",
  severity: "high",
  references: [
    "https://docs.openstack.org/magnum/latest/user/index.html#cluster-labels",
    "https://docs.openstack.org/magnum-capi-helm/latest/configuration/config-reference.html",
  ],
  scope: "everywhere",
  on: [template, cluster],
  variables: {
    labels: "object.?labels.orValue({})",
    // Each driver of Magnum knows one of them, and ignores the other.
    lists: `["master_lb_allowed_cidrs", "api_master_lb_allowed_cidrs"].map(k, string(variables.labels[?k].orValue("")))`,
    // A cluster that says nothing has what its template says.
    silent: `${names("clusterTemplateId")} && !${names("floatingIpEnabled")} && !${names("labels")}`,
  },
  validations: [
    {
      expression: `variables.silent
        || variables.lists.all(l, l != "" && !l.split(",").exists(c, ${wide("c.trim()")}))
        || object.?floatingIpEnabled.orValue(true) == false
          && string(variables.labels.?master_lb_floating_ip_enabled.orValue("false")).lowerAscii() == "false"`,
      message:
        "Set the labels master_lb_allowed_cidrs and api_master_lb_allowed_cidrs to the ranges of those who need the API, as drivers know one or the other; or floatingIpEnabled and master_lb_floating_ip_enabled to false.",
    },
    {
      expression: "object.?tlsDisabled.orValue(false) == false",
      message: "Leave tlsDisabled out: the API would be served in plain text.",
    },
  ],
  samples: {
    good: [
      cloud(template, { ...kubernetes, ...ranges("192.0.2.0/24,10.20.0.0/16") }),
      cloud(template, { ...kubernetes, ...closed }),
      cloud(template, { ...kubernetes, floatingIpEnabled: false }),
      cloud(cluster, { clusterTemplateId: "t", nodeCount: 3 }),
    ],
    bad: [
      cloud(template, kubernetes),
      cloud(template, { ...kubernetes, ...ranges("0.0.0.0/0") }),
      cloud(template, { ...kubernetes, labels: { master_lb_allowed_cidrs: "192.0.2.0/24" } }),
      cloud(template, { ...kubernetes, ...ranges("192.0.2.0/24", "0.0.0.0/0") }),
      cloud(template, { ...kubernetes, ...ranges("192.0.2.0/24, ::/0") }),
      cloud(template, { ...kubernetes, ...closed, labels: { master_lb_floating_ip_enabled: "true" } }),
      cloud(template, { ...kubernetes, ...closed, tlsDisabled: true }),
      cloud(cluster, { clusterTemplateId: "t", floatingIpEnabled: true }),
    ],
  },
};
