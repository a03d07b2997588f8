/**
 * Objects that were right when they were made, changed by a tenant's people. The wall around a namespace is such an object too, and
 * Kubernetes' role `edit` lets people change policies.
 */
import { run } from "../../../toolchain/shell";
import type { KubernetesObject } from "../../support/live/kubectl";
import type { Attack, Outcome } from "../attack";
import { monitor } from "./monitors";
import { binding, networkPolicy } from "./stage";

interface Change {
  readonly name: string;
  readonly rule: string;
  readonly as: string;
  readonly args: readonly string[];
}

/** Somebody with Kubernetes' role `edit`, as tenants give it to each other. */
const editor = "attack-editor";

/** As the platform calls it. */
const wall = "tenant";
const policy = ["networkpolicy", wall];

const patch = (object: readonly string[], spec: Readonly<Record<string, unknown>>): readonly string[] => [
  "patch",
  ...object,
  "--type=merge",
  `--patch=${JSON.stringify({ spec })}`,
];

const faultless = (inNamespace: string): KubernetesObject => monitor(inNamespace, "app", "faultless");

const changes = (person: string): readonly Change[] => [
  {
    name: "takes the wall around its namespace away",
    rule: "T12c",
    as: editor,
    args: ["delete", ...policy],
  },
  {
    name: "narrows the wall around its namespace to no pod",
    rule: "T12c",
    as: editor,
    args: patch(policy, { podSelector: { matchLabels: { "moat.dev/test": "none" } } }),
  },
  {
    name: "lets the wall around its namespace hold inwards only",
    rule: "T12c",
    as: editor,
    args: patch(policy, { policyTypes: ["Ingress"] }),
  },
  {
    name: "makes a monitor honour labels that did not",
    rule: "T1",
    as: person,
    args: patch(["servicemonitor", "faultless"], {
      endpoints: [{ port: "metrics", followRedirects: false, honorLabels: true }],
    }),
  },
];

/** What is changed, in a namespace. */
export const changeable = (inNamespace: string): KubernetesObject[] => [
  networkPolicy(inNamespace, wall, { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
  binding("edit", "edit", { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: editor }, inNamespace),
  faultless(inNamespace),
];

/** In the tenant's namespace `held`, and in `free`, which is none. Both have what is changed. */
export const changeAttacks = (person: string, held: string, free: string): Attack[] =>
  changes(person).map(({ name, rule, as, args }): Attack => {
    const play = async (inNamespace: string): Promise<Outcome> => {
      const options = ["-n", inNamespace, "--dry-run=server", "--as", as];
      const { code, stderr } = await run("kubectl", [...args, ...options]);
      if (code === 0) return { leaked: true, seen: "accepted" };
      const id = /denied request: ([A-Z]\d+[a-z]?): /.exec(stderr)?.[1];
      if (id === undefined) throw new Error(`refused for another reason: ${stderr}`);
      return { leaked: false, seen: `refused by ${id}` };
    };
    return {
      name,
      surface: "tenant objects",
      rule,
      expected: "refused",
      play: () => play(held),
      without: "a namespace that is no tenant's",
      teeth: () => play(free),
    };
  });
