/**
 * The author of a tenant before the API server. What the role does not give is refused by RBAC; the same person gets through in a namespace
 * where it has one of Kubernetes' own roles beside it, as administrators gave them to people before there was a role for authors.
 */
import { authorRole } from "../../../components/names";
import { kubernetesRoles } from "../../../components/tenancy/authors";
import { run } from "../../../toolchain/shell";
import { apply, type KubernetesObject, kubectl, remove } from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import { settings } from "../../support/live/settings";
import type { Attack, Outcome, Part } from "../attack";
import { type Reach, reaches } from "./reaches";
import { binding, namespace } from "./stage";

const placeOf = (role: string): string => `attack-author-${role}`;

function author(): string {
  const [name] = settings.tenants.alpha?.authors.users ?? [];
  if (name === undefined) throw new Error('tenant "alpha" has no authors');
  return name;
}

/** The request in a namespace. */
async function reach({ verb, api, path, body }: Reach, place: string): Promise<Outcome> {
  const whole = `${api}/namespaces/${place}${path}`;
  const args = [verb, "--raw", whole, "--as", author(), ...(body === undefined ? [] : ["-f", "-"])];
  const input = body === undefined ? {} : { input: JSON.stringify(body) };
  const { code, stderr } = await run("kubectl", args, input);
  if (code === 0) return { leaked: true, seen: "done" };
  if (stderr.includes(`User "${author()}" cannot `)) return { leaked: false, seen: "refused by RBAC" };
  // Only who may is told that something is not there.
  if (stderr.includes("(NotFound)")) return { leaked: true, seen: "let through: not found" };
  throw new Error(`refused for another reason: ${stderr}`);
}

const attackBy = (it: Reach): Attack => ({
  name: it.name,
  surface: "rights",
  rule: it.rule,
  expected: "refused by RBAC",
  play: () => reach(it, it.place ?? "alpha"),
  without: it.place === undefined ? `${it.givenBy} beside the author's role` : "the author's role there too",
  teeth: () => reach(it, placeOf(it.givenBy)),
});

/** A namespace for each of Kubernetes' roles, which is no tenant's, so that nothing but RBAC judges. */
function stage(): KubernetesObject[] {
  const subject = { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: author() };
  return kubernetesRoles.flatMap((role) => {
    const place = placeOf(role);
    return [
      namespace(place),
      binding("author", authorRole.name, subject, place),
      binding("more", role, subject, place),
    ];
  });
}

const may = async (verb: string, what: string, place: string): Promise<boolean> =>
  (await run("kubectl", ["auth", "can-i", verb, what, "-n", place, "--as", author()])).code === 0;

export const authorsPart: Part = {
  attacks: reaches.map(attackBy),
  concurrency: 4,
  setUp: async () => {
    const objects = stage();
    await remove(...objects);
    await apply(...objects);
    // Whoever may nothing at all is refused as well.
    if (!(await may("create", "servicemonitors", "alpha")))
      throw new Error(`${author()} is no author of alpha: make up`);
    for (const role of kubernetesRoles)
      await until(`${role} to hold`, 20, () => may("create", "daemonsets.apps", placeOf(role)));
    await until(
      "accounts for pods",
      20,
      async () =>
        (await kubectl(["get", "serviceaccount", "default", "-n", placeOf("edit"), "--ignore-not-found"])) !==
        "",
    );
  },
  tearDown: () => remove(...stage()),
};
