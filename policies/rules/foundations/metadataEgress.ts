import type { Rule } from "../../rule";
import { sample } from "../../samples";

const type = "networking.k8s.io/v1/NetworkPolicy";

/** 169.254.169.254 as a number. */
const service = 169 * 2 ** 24 + 254 * 2 ** 16 + 169 * 2 ** 8 + 254;

/** How many addresses a range of IPv4 has, by the length of its prefix. */
const sizes = `[${Array.from({ length: 33 }, (_, length) => 2 ** (32 - length)).join(", ")}]`;

const octet = (cidr: string, at: number): string => `int(${cidr}.split("/")[0].split(".")[${at}])`;

/** Whether the address lies in a range: both, cut to the range's size, are the same. A range need not begin at its first address. */
const containsIpv4 = (cidr: string): string => {
  const size = `${sizes}[int(${cidr}.split("/")[1])]`;
  const first = `(((${octet(cidr, 0)} * 256 + ${octet(cidr, 1)}) * 256 + ${octet(cidr, 2)}) * 256 + ${octet(cidr, 3)})`;
  return `${first} / ${size} == ${service} / ${size}`;
};

/** The same for fd00:ec2::254, under which AWS has it. Ranges that are about as wide as all private addresses count as well. */
const ipv6 = "/0$|^[89a-f][0-9a-f]{3}:.*/[1-6]$|^f[cd]00::/([7-9]|1[0-9]|20)$|^fd00:0?ec2:";

const contains = (cidr: string): string =>
  `(${cidr}.contains(":") ? ${cidr}.lowerAscii().matches("${ipv6}") : ${containsIpv4(cidr)})`;

/** Names only: under the same address some clouds answer for them on port 53, and give no credentials there. */
const forNames =
  "(e.?ports.orValue([]).size() > 0 && e.?ports.orValue([]).all(q, dyn(q).?port.orValue(0) == 53 && !has(q.endPort)))";

const policy = (egress: unknown, more: object = {}) =>
  sample(type, { spec: { podSelector: {}, policyTypes: ["Egress"], egress, ...more } });
const to = (cidr: string, except?: readonly string[]) =>
  policy([{ to: [{ ipBlock: { cidr, ...(except === undefined ? {} : { except }) } }] }]);
const on = (...ports: readonly object[]) =>
  policy([{ to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports }]);

export const metadataEgress: Rule = {
  id: "S4a",
  title: "No NetworkPolicy opens the metadata service",
  why: "A pod that reaches 169.254.169.254 gets its machine's credentials, and with them the cloud account and all buckets.",
  severity: "critical",
  references: [
    "https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#ipblock-v1-networking-k8s-io",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
    "https://docs.openstack.org/nova/latest/user/metadata.html",
  ],
  scope: "everywhere",
  on: [type],
  variables: { egress: "object.spec.?egress.orValue([])" },
  validations: [
    {
      expression: "variables.egress.all(e, e.?to.orValue([]).size() > 0)",
      message: "Say in `to` where each rule of spec.egress leads: without it, it leads everywhere.",
    },
    {
      expression: `variables.egress.all(e, ${forNames} || e.?to.orValue([]).all(p, !has(p.ipBlock) || !${contains("p.ipBlock.cidr")}
        || p.ipBlock.?except.orValue([]).exists(x, ${contains("x")})))`,
      message: "Add 169.254.0.0/16 to `except` of the ipBlock; and fd00:ec2::/32, where it is of IPv6.",
    },
  ],
  samples: {
    good: [
      to("0.0.0.0/0", ["10.0.0.0/8", "169.254.0.0/16"]),
      to("128.0.0.0/1", ["169.254.169.254/32"]),
      to("10.0.0.0/8"),
      to("168.0.0.0/8"),
      to("169.254.168.0/24"),
      to("2000::/3"),
      to("::/0", ["fc00::/7"]),
      policy([{ to: [{ podSelector: {} }], ports: [{ port: 53, protocol: "UDP" }] }]),
      on({ port: 53, protocol: "UDP" }, { port: 53, protocol: "TCP" }),
      policy([]),
      policy(undefined, {
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }],
      }),
    ],
    bad: [
      to("0.0.0.0/0"),
      to("0.0.0.0/0", ["10.0.0.0/8"]),
      to("128.0.0.0/1"),
      to("160.0.0.0/4"),
      to("169.254.0.0/16", ["169.254.0.0/17"]),
      to("169.254.169.254/32"),
      to("169.254.169.252/30"),
      to("::/0"),
      to("fd00:ec2::254/128"),
      policy([{ to: [{ podSelector: {} }, { ipBlock: { cidr: "169.0.0.0/8" } }] }]),
      on({ port: 53, protocol: "TCP" }, { port: 80, protocol: "TCP" }),
      on({ port: 53, endPort: 80, protocol: "TCP" }),
      on({ protocol: "TCP" }),
      on({ port: "dns", protocol: "TCP" }),
      policy([{}]),
      policy([{ ports: [{ port: 443, protocol: "TCP" }] }]),
    ],
  },
};
