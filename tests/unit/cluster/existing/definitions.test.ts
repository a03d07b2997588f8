/** Definitions of the Prometheus Operator's kinds that are on the cluster already: whose they are, and whether they will do. */
import type { Answer } from "../../../../components/cluster/existing/ask";
import {
  definitionQuestions,
  judgeDefinitions,
  type Whose,
} from "../../../../components/cluster/existing/definitions";
import { kinds } from "../../../../components/metrics/crds";

interface Definition {
  readonly version?: string;
  readonly managers?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

const answer = ({ version, managers = [], annotations = {} }: Definition): Answer => ({
  status: 200,
  body: JSON.stringify({
    metadata: {
      annotations: { ...annotations, ...(version && { "operator.prometheus.io/version": version }) },
      managedFields: [...managers, "kube-apiserver"].map((manager) => ({ manager, operation: "Update" })),
    },
  }),
});
const missing: Answer = { status: 404, body: "{}" };
const all = (definition: Definition): Answer[] => kinds.map(() => answer(definition));
const pulumis = { version: "0.90.1", managers: ["pulumi-kubernetes-1a2b"] };

const verdict = (answers: readonly Answer[], whose: Whose, made = true): string[] =>
  judgeDefinitions(answers, whose, made).map(({ path, reason, mend }) => `${path} ${reason} → ${mend}`);

test("their schemas, which are large, are not asked for", () => {
  expect(definitionQuestions().map(({ accept }) => accept)).toEqual(
    kinds.map(() => expect.stringMatching(/as=PartialObjectMetadata;/)),
  );
});

describe("ours", () => {
  test.each<[string, Answer[], boolean]>([
    ["when there are none", kinds.map(() => missing), false],
    ["when the environment made them", all(pulumis), true],
    ["when it made them in an older version", all({ ...pulumis, version: "0.80.0" }), true],
    [
      "when somebody has changed them since",
      all({ ...pulumis, managers: [...pulumis.managers, "kubectl-edit"] }),
      true,
    ],
    ["when they may not be read", kinds.map(() => ({ status: 403, body: "{}" })), false],
  ])("are fine %s", (_, answers, made) => {
    expect(verdict(answers, "ours", made)).toEqual([]);
  });

  const there =
    "moat:cluster.crds is ours, but the cluster has definitions of monitoring.coreos.com already: ";
  const names = kinds.join(", ");

  test.each<[string, Answer[], string, string]>([
    [
      "those of a chart",
      all({ version: "0.90.1", managers: ["helm"] }),
      `${names} (version 0.90.1, of helm)`,
      "set it to theirs: they stay as they are",
    ],
    [
      "those of a release",
      all({ version: "0.91.0", managers: ["helm"], annotations: { "meta.helm.sh/release-name": "kps" } }),
      `${names} (version 0.91.0, of Helm's release kps)`,
      "set it to theirs: they stay as they are",
    ],
    [
      "older ones",
      all({ version: "0.79.2", managers: ["argocd-controller"] }),
      `${names} (version 0.79.2, of argocd-controller)`,
      "have them raised to 0.90.1 or later, then set it to theirs: they stay as they are",
    ],
    [
      "those of before 2023",
      all({}),
      `${names} (of no known version, of somebody)`,
      "have them raised to 0.90.1 or later, then set it to theirs: they stay as they are",
    ],
    [
      "some",
      kinds.map((kind) => (kind === "probes" ? answer({ version: "0.90.1", managers: ["helm"] }) : missing)),
      "probes (version 0.90.1, of helm)",
      "set it to theirs: they stay as they are",
    ],
  ])("are in the way of %s", (_, answers, found, mend) => {
    expect(verdict(answers, "ours")).toEqual([`${there}${found} → ${mend}`]);
  });

  test("are another program's of Pulumi where the environment is not there yet", () => {
    expect(verdict(all(pulumis), "ours", false)).toEqual([
      `${there}${names} (version 0.90.1, of pulumi-kubernetes-1a2b) → set it to theirs, if another program made them: they stay as they are`,
    ]);
  });
});

describe("theirs", () => {
  test.each(["0.90.1", "0.90.2", "0.91.0", "1.0.0"])("of version %s will do", (version) => {
    expect(verdict(all({ version, managers: ["helm"] }), "theirs")).toEqual([]);
  });

  test.each(["0.89.9", "0.9.0", undefined])("of version %s are too old", (version) => {
    expect(verdict(all({ ...(version && { version }), managers: ["helm"] }), "theirs")).toEqual([
      expect.stringMatching(/older than 0\.90\.1, .* → have them raised to 0\.90\.1 or later$/),
    ]);
  });

  test("are missed one by one", () => {
    const answers = kinds.map((kind) => (kind === "probes" ? missing : answer({ version: "0.90.1" })));
    expect(verdict(answers, "theirs")).toEqual([
      "moat:cluster.crds is theirs, but the cluster has no definitions of probes in monitoring.coreos.com → have those of Prometheus Operator 0.90.1 or later installed, or set it to ours",
    ]);
  });
});
