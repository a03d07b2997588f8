/** What authors may do, right by right: the whole list stands here again, so that none is added unseen. */
import { authorRules, grants, withheld } from "../../../components/tenancy/authors";

/** `deployments.apps`, with its verbs. */
const rights = authorRules.flatMap(({ apiGroups, resources, verbs }) =>
  apiGroups.flatMap((group) =>
    resources.map((resource) => [group === "" ? resource : `${resource}.${group}`, verbs.join(" ")] as const),
  ),
);
const write = "get list watch create update patch delete";
const look = "get list watch";

test("authors have exactly these rights", () => {
  expect(Object.fromEntries(rights)).toEqual({
    "servicemonitors.monitoring.coreos.com": write,
    "podmonitors.monitoring.coreos.com": write,
    "probes.monitoring.coreos.com": write,
    "prometheusrules.monitoring.coreos.com": write,
    "deployments.apps": write,
    "deployments/scale.apps": "get update patch",
    "statefulsets.apps": write,
    "statefulsets/scale.apps": "get update patch",
    "jobs.batch": write,
    "cronjobs.batch": write,
    pods: write,
    "pods/log": "get",
    "pods/portforward": "get create",
    services: write,
    configmaps: write,
    secrets: write,
    persistentvolumeclaims: write,
    "horizontalpodautoscalers.autoscaling": write,
    "poddisruptionbudgets.policy": write,
    namespaces: "get",
    events: look,
    "events.events.k8s.io": look,
    resourcequotas: look,
    limitranges: look,
    serviceaccounts: look,
    endpoints: look,
    "endpointslices.discovery.k8s.io": look,
    "networkpolicies.networking.k8s.io": look,
    "replicasets.apps": look,
    "controllerrevisions.apps": look,
    "daemonsets.apps": look,
    replicationcontrollers: look,
  });
});

test("none is said twice, and none is of everything", () => {
  expect(new Set(rights.map(([resource]) => resource)).size).toBe(rights.length);
  expect(JSON.stringify(authorRules.map(({ why: _, ...rule }) => rule))).not.toContain("*");
});

test.each(withheld.flatMap((entry) => entry.rights))(
  "authors have no right to $verb $group $resource",
  (right) => {
    expect(grants(authorRules, right)).toBe(false);
  },
);

describe("a role grants a right", () => {
  const exec = { group: "", resource: "pods/exec", verb: "create" };
  const rule = { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] };

  test.each([
    [rule],
    [{ ...rule, apiGroups: ["*"] }],
    [{ ...rule, resources: ["*"] }],
    [{ ...rule, resources: ["pods", "*/exec"] }],
    [{ ...rule, verbs: ["get", "*"] }],
  ])("by %j", (granting) => expect(grants([granting], exec)).toBe(true));

  test.each([
    [{ ...rule, apiGroups: ["apps"] }],
    [{ ...rule, resources: ["pods", "*/attach"] }],
    [{ ...rule, verbs: ["get"] }],
    [{ ...rule, resourceNames: ["one"] }],
    [{ verbs: ["create"] }],
  ])("and not by %j", (other) => expect(grants([other], exec)).toBe(false));
});
