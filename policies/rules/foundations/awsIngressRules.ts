import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { edgePorts, wide } from "./parts";

const rule = "aws:ec2/securityGroupRule:SecurityGroupRule";
const ofVpc = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const tcp = (port: number, to = port) => ({ protocol: "tcp", fromPort: port, toPort: to });
const ingress = (fields: object) => cloud(rule, { securityGroupId: "g", type: "ingress", ...fields });
const vpcIngress = (port: number, fields: object) =>
  cloud(ofVpc, { securityGroupId: "g", ipProtocol: "tcp", fromPort: port, toPort: port, ...fields });
const world = { cidrBlocks: ["0.0.0.0/0"] };

export const awsIngressRules: Rule = {
  id: "S5d",
  title: "Rules of AWS security groups open nothing to everybody but the edge",
  why: "Any other open port is a way around the edge and the gateways: SSH, node ports, kubelets, Prometheus itself.",
  severity: "critical",
  references: ["https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"],
  scope: "everywhere",
  on: [rule, ofVpc],
  variables: {
    ranges: `object.?cidrBlocks.orValue([]) + object.?ipv6CidrBlocks.orValue([])
      + [object.?cidrIpv4.orValue(""), object.?cidrIpv6.orValue("")]`,
    open: `object.?type.orValue("ingress") == "ingress" && variables.ranges.exists(c, ${wide("c")})`,
    protocol: `object.?protocol.orValue(object.?ipProtocol.orValue(""))`,
  },
  validations: [
    {
      expression: `!variables.open || variables.protocol in ["tcp", "6"]
        && object.?fromPort.orValue(0) in ${edgePorts} && object.?toPort.orValue(0) == object.fromPort`,
      message: "Name the ranges or the security group that need it; only tcp 80 and 443 may be open to all.",
    },
  ],
  samples: {
    good: [
      ingress({ ...tcp(443), ...world }),
      ingress({ ...tcp(0), protocol: "-1", self: true }),
      cloud(rule, { securityGroupId: "g", type: "egress", ...tcp(0), protocol: "-1", ...world }),
      vpcIngress(80, { cidrIpv6: "::/0" }),
      vpcIngress(22, { cidrIpv4: "192.0.2.0/24" }),
      vpcIngress(10250, { referencedSecurityGroupId: "g" }),
    ],
    bad: [
      ingress({ ...tcp(22), ...world }),
      ingress({ ...tcp(0, 65535), ipv6CidrBlocks: ["::/0"] }),
      ingress({ ...tcp(443), protocol: "udp", ...world }),
      vpcIngress(9090, { cidrIpv4: "0.0.0.0/0" }),
      vpcIngress(22, { cidrIpv6: "::/0" }),
      cloud(ofVpc, { securityGroupId: "g", ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }),
    ],
  },
};
