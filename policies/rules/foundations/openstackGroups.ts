import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { edgePorts, names, wide } from "./parts";

const type = "openstack:compute/secGroup:SecGroup";
const group = (...rules: readonly object[]) => cloud(type, { description: "nodes", rules });
const tcp = (port: number, to = port) => ({ ipProtocol: "tcp", fromPort: port, toPort: to });

export const openstackGroups: Rule = {
  id: "S5b",
  title: "Security groups of OpenStack Compute open nothing to everybody but the edge",
  why: "Any other open port is a way around the edge and the gateways: SSH, node ports, kubelets, Prometheus itself.",
  severity: "critical",
  references: ["https://www.pulumi.com/registry/packages/openstack/api-docs/compute/secgroup/"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `object.?rules.orValue([]).all(r, r.?self.orValue(false) || ${names("fromGroupId", "r")}
        || !(r.?cidr.orValue("") == "" || ${wide("r.cidr")})
        || r.ipProtocol == "tcp" && r.fromPort in ${edgePorts} && r.toPort == r.fromPort)`,
      message: "Give each rule the cidr that needs it; only tcp 80 and 443 may be open to all.",
    },
  ],
  samples: {
    good: [
      group({ ...tcp(443), cidr: "0.0.0.0/0" }),
      group(
        { ...tcp(22), cidr: "192.0.2.0/24" },
        { ...tcp(1, 65535), self: true },
        { ...tcp(9100), fromGroupId: "g" },
      ),
      group(),
    ],
    bad: [
      group({ ...tcp(22), cidr: "0.0.0.0/0" }),
      group({ ...tcp(443), cidr: "::/0" }, { ...tcp(9090), cidr: "::/0" }),
      group(tcp(1, 65535)),
      group({ ...tcp(-1), ipProtocol: "icmp", cidr: "0.0.0.0/0" }),
    ],
  },
};
