/** The definitions of the Prometheus Operator's kinds that are on the cluster: whose they are, and whether they will do. Pure. */
import { z } from "zod";
import type { Problem } from "../../../config/problems";
import { images } from "../../../versions";
import { kinds } from "../../metrics/crds";
import { isMissing, read } from "./answers";
import type { Answer, Question } from "./ask";
import { isOlder, parseVersion } from "./versions";

/** Metadata alone: with their schemas they are megabytes. */
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/** One for each kind. */
export const definitionQuestions = (): Question[] =>
  kinds.map((kind) => ({
    method: "GET",
    path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${kind}.monitoring.coreos.com`,
    accept: metadataOnly,
  }));

/** Whose they are to be: `moat:cluster.crds`. */
export type Whose = "ours" | "theirs";

const texts = z.record(z.string(), z.string()).optional();
const definition = z.object({
  metadata: z.object({
    annotations: texts,
    managedFields: z.array(z.object({ manager: z.string().optional() })).optional(),
  }),
});
type Definition = z.output<typeof definition>;

const path = "moat:cluster.crds";
const wanted = images.prometheusOperator.tag.replace(/^v/, "");

/** `made` says whether the environment is there already, at least in part. */
export function judgeDefinitions(answers: readonly Answer[], whose: Whose, made: boolean): Problem[] {
  const all = kinds.map((kind, i) => {
    const answer = answers[i] ?? { failure: "no answer" };
    return { kind, found: read(answer, definition), missing: isMissing(answer) };
  });
  const there = all.flatMap(({ kind, found }) => (found === undefined ? [] : [{ kind, found }]));
  if (whose === "ours") {
    const foreign = there.filter(({ found }) => !(made && isPulumis(found)));
    return foreign.length === 0 ? [] : [taken(foreign)];
  }
  const missing = all.filter((d) => d.missing).map(({ kind }) => kind);
  const old = there.filter(({ found }) => isTooOld(found));
  return [...(missing.length === 0 ? [] : [lacking(missing)]), ...(old.length === 0 ? [] : [outdated(old)])];
}

interface Found {
  readonly kind: string;
  readonly found: Definition;
}

const managersOf = ({ metadata }: Definition): string[] => [
  ...new Set((metadata.managedFields ?? []).flatMap(({ manager = "" }) => manager || [])),
];

const isPulumis = (found: Definition): boolean =>
  managersOf(found).some((manager) => manager.startsWith("pulumi-kubernetes"));

const versionOf = ({ metadata }: Definition): string | undefined =>
  metadata.annotations?.["operator.prometheus.io/version"];

/** Those without a version are of 2023 or before. */
function isTooOld(found: Definition): boolean {
  const version = parseVersion(versionOf(found) ?? "");
  const needed = parseVersion(wanted);
  return version === undefined || (needed !== undefined && isOlder(version, needed));
}

/** The API server itself writes their status. */
function ownerOf(found: Definition): string {
  const release = found.metadata.annotations?.["meta.helm.sh/release-name"];
  if (release !== undefined) return `Helm's release ${release}`;
  const managers = managersOf(found).filter((manager) => manager !== "kube-apiserver");
  return managers.length === 0 ? "somebody" : managers.join(" and ");
}

/** `podmonitors, probes: version 0.79.2, of helm` */
function inWords(all: readonly Found[]): string {
  const groups = new Map<string, string[]>();
  for (const { kind, found } of all) {
    const version = versionOf(found);
    const what = `${version === undefined ? "of no known version" : `version ${version}`}, of ${ownerOf(found)}`;
    groups.set(what, [...(groups.get(what) ?? []), kind]);
  }
  return [...groups].map(([what, names]) => `${names.join(", ")} (${what})`).join("; ");
}

const taken = (foreign: readonly Found[]): Problem => ({
  path,
  reason: `is ours, but the cluster has definitions of monitoring.coreos.com already: ${inWords(foreign)}`,
  mend: foreign.some(({ found }) => isTooOld(found))
    ? `have them raised to ${wanted} or later, then set it to theirs: they stay as they are`
    : `set it to theirs${foreign.some(({ found }) => isPulumis(found)) ? ", if another program made them" : ""}: they stay as they are`,
});

const outdated = (old: readonly Found[]): Problem => ({
  path,
  reason: `is theirs, but definitions of monitoring.coreos.com are older than ${wanted}, which the environment's Prometheus Operator needs: ${inWords(old)}`,
  mend: `have them raised to ${wanted} or later`,
});

const lacking = (missing: readonly string[]): Problem => ({
  path,
  reason: `is theirs, but the cluster has no definitions of ${missing.join(", ")} in monitoring.coreos.com`,
  mend: `have those of Prometheus Operator ${wanted} or later installed, or set it to ours`,
});
