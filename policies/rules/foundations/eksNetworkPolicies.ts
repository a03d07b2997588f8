import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "aws:eks/addon:Addon";
const addon = (addonName: string, configurationValues?: string) =>
  cloud(type, { clusterName: "c", addonName, configurationValues });

/** Values are JSON or YAML in a text, and the schema of the add-on wants "true" as a text. */
const enabled = '(^|[{,\\\\s])\\"?enableNetworkPolicy\\"?\\\\s*:\\\\s*[\\"\']true[\\"\']';

export const eksNetworkPolicies: Rule = {
  id: "S7g",
  title: "The network plugin of EKS keeps NetworkPolicies",
  why: "Unless it is told to, it takes every policy and enforces none: each tenant's pods reach Prometheus and Thanos past the gateway.",
  severity: "critical",
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `object.addonName != "vpc-cni" || object.?configurationValues.orValue("").matches("${enabled}")`,
      message: `Set configurationValues to {"enableNetworkPolicy": "true"}, besides what else it holds.`,
    },
  ],
  samples: {
    good: [
      addon("vpc-cni", '{"enableNetworkPolicy":"true"}'),
      addon("vpc-cni", '{"env": {"WARM_IP_TARGET": "2"}, "enableNetworkPolicy": "true"}'),
      addon("vpc-cni", "env: {}\nenableNetworkPolicy: 'true'\n"),
      addon("coredns"),
    ],
    bad: [
      addon("vpc-cni"),
      addon("vpc-cni", '{"enableNetworkPolicy":"false"}'),
      addon("vpc-cni", '{"enableNetworkPolicy":true}'),
      addon("vpc-cni", '{"env":{"note":"noenableNetworkPolicy: \'true\'"}}'),
    ],
  },
};
