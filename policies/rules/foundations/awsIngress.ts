import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { edgePorts, wide } from "./parts";

const group = "aws:ec2/securityGroup:SecurityGroup";
const ofVpc = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const groupOf = (...ingress: readonly object[]) => cloud(group, { ingress });
const tcp = (port: number, to = port) => ({ protocol: "tcp", fromPort: port, toPort: to });
const world = { cidrBlocks: ["0.0.0.0/0"] };

export const awsIngress: Rule = {
  id: "S5c",
  title: "Security groups of AWS open nothing to everybody but the edge",
  why: "Any other open port is a way around the edge and the gateways: SSH, node ports, kubelets, Prometheus itself.",
  severity: "critical",
  references: ["https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"],
  scope: "everywhere",
  on: [group, ofVpc],
  validations: [
    {
      expression: `object.?ingress.orValue([]).all(r,
        !(r.?cidrBlocks.orValue([]) + r.?ipv6CidrBlocks.orValue([])).exists(c, ${wide("c")})
        || r.protocol in ["tcp", "6"] && r.fromPort in ${edgePorts} && r.toPort == r.fromPort)`,
      message: "Give each rule of ingress the ranges that need it; only tcp 80 and 443 may be open to all.",
    },
  ],
  samples: {
    good: [
      groupOf({ ...tcp(443), ...world }, { ...tcp(80), ipv6CidrBlocks: ["::/0"] }),
      groupOf({ ...tcp(22), cidrBlocks: ["192.0.2.0/24"] }, { ...tcp(0), protocol: "-1", self: true }),
      cloud(group, { egress: [{ ...tcp(0), protocol: "-1", ...world }] }),
    ],
    bad: [
      groupOf({ ...tcp(22), ...world }),
      groupOf({ ...tcp(443), ...world }, { ...tcp(9090), ipv6CidrBlocks: ["::/0"] }),
      groupOf({ ...tcp(0), protocol: "-1", ...world }),
      groupOf({ ...tcp(80, 443), ...world }),
      groupOf({ ...tcp(22), cidrBlocks: ["10.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1"] }),
      cloud(ofVpc, { ingress: [{ ...tcp(443), protocol: "udp", ...world }] }),
    ],
  },
};
