import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { edgePorts } from "./parts";

const type = "docker:index/container:Container";
const container = (fields: object) => cloud(type, { image: "program:v1", ...fields });
const ports = (...list: readonly object[]) => container({ ports: list });

export const dockerPorts: Rule = {
  id: "S5e",
  title: "Docker containers publish nothing to everybody but the edge",
  why: "Docker opens published ports past the host's firewall, so the program is reached around the edge and the gateways.",
  severity: "high",
  references: ["https://docs.docker.com/engine/network/port-publishing/"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: "object.?publishAllPorts.orValue(false) == false",
      message: "Leave publishAllPorts out, and name the ports.",
    },
    {
      expression: `object.?ports.orValue([]).all(p, p.?external.orValue(0) in ${edgePorts}
        || !(p.?ip.orValue("0.0.0.0") in ["", "0.0.0.0", "::", "[::]"]))`,
      message:
        "Set ip to 127.0.0.1 or another address of the inner network; only 80 and 443 may be open to all.",
    },
  ],
  samples: {
    good: [
      ports({ internal: 8443, external: 443 }, { internal: 8000, external: 80, ip: "0.0.0.0" }),
      ports({ internal: 9090, external: 9090, ip: "127.0.0.1" }),
      container({}),
    ],
    bad: [
      ports({ internal: 9090, external: 9090 }),
      ports({ internal: 8443, external: 443 }, { internal: 9090, external: 9090, ip: "0.0.0.0" }),
      ports({ internal: 443, ip: "::" }),
      container({ publishAllPorts: true }),
    ],
  },
};
