import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { edgePorts, names, wide } from "./parts";

const type = "openstack:networking/secGroupRule:SecGroupRule";
const rule = (fields: object) =>
  cloud(type, { direction: "ingress", ethertype: "IPv4", securityGroupId: "g", ...fields });
const tcp = (port: number, to = port) => ({ protocol: "tcp", portRangeMin: port, portRangeMax: to });
const world = { remoteIpPrefix: "0.0.0.0/0" };

export const openstackIngress: Rule = {
  id: "S5a",
  title: "OpenStack security groups open nothing to everybody but the edge",
  why: "Any other open port is a way around the edge and the gateways: SSH, node ports, kubelets, Prometheus itself.",
  severity: "critical",
  references: ["https://docs.openstack.org/api-ref/network/v2/#create-security-group-rule"],
  scope: "everywhere",
  on: [type],
  variables: {
    // Without a remote group or range, everybody is meant.
    open: `object.direction == "ingress" && !${names("remoteGroupId")}
      && (object.?remoteIpPrefix.orValue("") == "" || ${wide("object.remoteIpPrefix")})`,
  },
  validations: [
    {
      expression: `!variables.open || object.?protocol.orValue("") in ["tcp", "6"]
        && object.?portRangeMin.orValue(0) in ${edgePorts} && object.?portRangeMax.orValue(0) == object.portRangeMin`,
      message:
        "Set remoteIpPrefix to the range that needs it, or remoteGroupId; only tcp 80 and 443 may be open to all.",
    },
  ],
  samples: {
    good: [
      rule({ ...tcp(443), ...world }),
      rule({ ...tcp(80), remoteIpPrefix: "::/0", ethertype: "IPv6" }),
      rule({ ...tcp(22), remoteIpPrefix: "192.0.2.0/24" }),
      rule({ remoteGroupId: "g" }),
      rule({ direction: "egress", ...world }),
    ],
    bad: [
      rule({ ...tcp(22), ...world }),
      rule({ ...tcp(6443) }),
      rule({ ...tcp(80, 443), ...world }),
      rule({ ...tcp(443), ...world, protocol: "udp" }),
      rule({ ...tcp(30000, 32767), remoteIpPrefix: "::/0", ethertype: "IPv6" }),
      rule({ ...tcp(22), remoteIpPrefix: "128.0.0.0/1" }),
      rule(world),
      rule({}),
    ],
  },
};
