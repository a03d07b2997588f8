/** What keeps tenants' objects in bounds besides the rules: Pod Security on their namespaces, and their quota. */
import { imageRef, images } from "../../../versions";
import type { Attack, Outcome } from "../attack";
import { submit } from "./stage";

interface Unruled {
  readonly name: string;
  readonly rule: string;
  readonly object: (inNamespace: string) => Readonly<Record<string, unknown>>;
  /** The API server's words when it refuses. */
  readonly refusal: RegExp;
}

const podSecurity = /violates PodSecurity/;
const quota = /exceeded quota/;

const pod =
  (fields: Readonly<Record<string, unknown>>, container: Readonly<Record<string, unknown>> = {}) =>
  (namespace: string) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "attack-pod", namespace },
    spec: {
      containers: [
        {
          name: "c",
          image: imageRef(images.prometheus),
          resources: { requests: { cpu: "1m", memory: "1Mi" }, limits: { memory: "1Mi" } },
          ...container,
        },
      ],
      ...fields,
    },
  });

const service = (type: string) => (namespace: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "attack-service", namespace },
  spec: { type, selector: { app: "attack" }, ports: [{ port: 80 }] },
});

const all: readonly Unruled[] = [
  {
    name: "in its node's network, past all walls",
    rule: "Q2",
    object: pod({ hostNetwork: true }),
    refusal: podSecurity,
  },
  {
    name: "on a port of its node",
    rule: "Q2",
    object: pod({}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
    refusal: podSecurity,
  },
  {
    name: "with its node's files",
    rule: "S3",
    object: pod({ volumes: [{ name: "node", hostPath: { path: "/" } }] }),
    refusal: podSecurity,
  },
  { name: "with its node's processes", rule: "S3", object: pod({ hostPID: true }), refusal: podSecurity },
  {
    name: "with every privilege",
    rule: "S3",
    object: pod({}, { securityContext: { privileged: true } }),
    refusal: podSecurity,
  },
  {
    name: "with a whole disk to fill",
    rule: "T12",
    object: pod(
      {
        securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
      },
      {
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        resources: {
          requests: { cpu: "1m", memory: "1Mi" },
          limits: { memory: "1Mi", "ephemeral-storage": "1Ti" },
        },
      },
    ),
    refusal: quota,
  },
  { name: "on a port of every node, past the edge", rule: "S2", object: service("NodePort"), refusal: quota },
  {
    name: "behind a load balancer, past the edge",
    rule: "S2",
    object: service("LoadBalancer"),
    refusal: quota,
  },
];

export const unruledAttacks = (person: string, free: string): Attack[] =>
  all.map(({ name, rule, object, refusal }): Attack => {
    const play = async (inNamespace: string): Promise<Outcome> => {
      const { accepted, rules, others } = await submit(person, [object(inNamespace)]);
      if (accepted > 0) return { leaked: true, seen: "accepted" };
      const [words = ""] = others;
      const refused = rules[0] === undefined ? refusal.exec(words)?.[0] : `denied by ${rules[0]}`;
      if (refused === undefined) throw new Error(`refused for another reason: ${words}`);
      return { leaked: false, seen: refused };
    };
    return {
      name: `runs ${object(free).kind === "Pod" ? "a pod" : "a Service"} ${name}`,
      surface: "tenant objects",
      rule,
      expected: "refused",
      play: () => play("alpha"),
      without: "a namespace without Pod Security and quota",
      teeth: () => play(free),
    };
  });
