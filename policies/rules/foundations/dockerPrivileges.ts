import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "docker:index/container:Container";
const container = (fields: object) => cloud(type, { image: "program:v1", ...fields });
const socket = "/var/run/docker.sock";

const modes = ["networkMode", "pidMode", "ipcMode", "usernsMode"];

/** Sockets of container engines, and folders in which they or the host's secrets lie. */
const host =
  "[.]sock$|^/+(etc|proc|sys|boot|run|var|var/run|var/lib)?/*$|^/+(dev|root|etc/kubernetes|var/lib/(docker|containerd|kubelet))(/.*)?$";

export const dockerPrivileges: Rule = {
  id: "S6f",
  title: "Docker containers have no way to their host",
  why: "A program that is broken into takes the host by the engine's socket or a privilege, and with it every other program.",
  severity: "critical",
  references: [
    "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
    "https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities",
  ],
  scope: "everywhere",
  on: [type],
  variables: {
    paths: `object.?volumes.orValue([]).map(v, v.?hostPath.orValue("volume"))
      + object.?mounts.orValue([]).map(m, m.?type.orValue("") == "bind" ? m.?source.orValue("") : "volume")`,
  },
  validations: [
    {
      expression: "object.?privileged.orValue(false) == false",
      message: "Leave privileged out.",
    },
    {
      expression: `object.?capabilities.?adds.orValue([]).all(c, c in ["NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE"])`,
      message: "Leave all capabilities but NET_BIND_SERVICE out of capabilities.adds.",
    },
    {
      expression: modes.map((mode) => `object.?${mode}.orValue("") != "host"`).join(" && "),
      message: `Leave the mode host out of ${modes.join(", ")}.`,
    },
    {
      expression: `variables.paths.all(p, !p.matches("${host}"))`,
      message: "Mount neither the engine's socket nor folders of the host's system.",
    },
  ],
  samples: {
    good: [
      container({}),
      container({ capabilities: { drops: ["ALL"], adds: ["NET_BIND_SERVICE"] }, networkMode: "bridge" }),
      container({
        volumes: [{ volumeName: "data", containerPath: "/data" }],
        mounts: [{ type: "bind", source: "/srv/edge", target: "/etc/edge", readOnly: true }],
      }),
    ],
    bad: [
      container({ privileged: true }),
      container({ capabilities: { adds: ["SYS_ADMIN"] } }),
      container({ networkMode: "host" }),
      container({ pidMode: "host" }),
      container({ volumes: [{ hostPath: socket, containerPath: socket, readOnly: true }] }),
      container({ mounts: [{ type: "bind", source: socket, target: socket }] }),
      container({ volumes: [{ hostPath: "/", containerPath: "/host" }] }),
      container({ mounts: [{ type: "bind", source: "/var/run", target: "/host" }] }),
    ],
  },
};
