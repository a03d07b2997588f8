/** external-dns: what it reads off the edge, and how little it may do. */
import {
  ExternalDns,
  type ExternalDnsArgs,
  externalDnsAnnotations,
  externalDnsRights,
} from "../../../components/edge/dns/externalDns";
import { hostsOf } from "../../../components/edge/traefik";
import { PlatformNamespace } from "../../../components/tenancy/platformNamespace";
import { environment } from "../../support/environment";
import { violationsIn } from "../../support/judged";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

const domain = "moat.example";
const args: ExternalDnsArgs = {
  namespace: "platform",
  clusterName: "prod",
  domain,
  names: "perHost",
  install: { zoneId: "Z0123456789", identity: { type: "podIdentity", cluster: "eks" } },
  size: "small",
};

const laid = (changes: Partial<ExternalDnsArgs> = {}): Promise<Made[]> =>
  madeBy(() => {
    new PlatformNamespace("room", { config: environment({ platformNamespace: "platform" }) });
    new ExternalDns("dns", { ...args, ...changes });
  });

test("the edge's Service names its hosts, and only where external-dns is asked for", () => {
  expect(externalDnsAnnotations(domain, { kind: "externalDns", names: "perHost", ttl: 60 })).toEqual({
    // Versions before 0.22, which may be the cluster's own, read the second pair, later ones the first.
    "external-dns.kubernetes.io/hostname": Object.values(hostsOf(domain)).join(","),
    "external-dns.kubernetes.io/ttl": "60",
    "external-dns.alpha.kubernetes.io/hostname": Object.values(hostsOf(domain)).join(","),
    "external-dns.alpha.kubernetes.io/ttl": "60",
  });
  expect(externalDnsAnnotations(domain, { kind: "printed", names: "perHost", ttl: 60 })).toEqual({});
});

test.each([
  ["a role", {}],
  ["a key", { install: { zoneId: "Z0123456789", identity: { type: "accessKey" } } } as const],
])("with %s it fits the published schemas and breaks no rule", async (_, changes) => {
  const made = await laid(changes);
  expect(validateAll(made)).toEqual([]);
  expect(violationsIn(made)).toEqual([]);
});

test("it may look at Services of the platform's namespace, and at nothing else in the cluster", async () => {
  const made = await laid();
  expect(objects(made, "Role").map((m) => m.inputs)).toMatchObject([
    {
      metadata: { namespace: "platform" },
      rules: [{ resources: ["services"], verbs: ["get", "list", "watch"] }],
    },
  ]);
  expect(made.filter(({ type }) => type.includes("rbac.") && type.includes(":Cluster"))).toEqual([]);
  const [deployment] = objects(made, "Deployment");
  expect(JSON.stringify(deployment?.inputs)).toContain("--label-filter=app.kubernetes.io/name=edge");
});

test("it may change the records of the edge in one zone, and those that say whose they are", () => {
  const { Statement } = JSON.parse(externalDnsRights({ ...args, names: "wildcard" }));
  expect(Statement[0]).toMatchObject({
    Action: ["route53:ChangeResourceRecordSets"],
    Resource: ["arn:aws:route53:::hostedzone/Z0123456789"],
    Condition: {
      "ForAllValues:StringLike": {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
          "\\052.moat.example",
          "*-wildcard.moat.example",
        ],
      },
    },
  });
  expect(JSON.stringify(Statement)).not.toContain("route53:*");
});

test("a key lies in a Secret, a role has none", async () => {
  expect(ofType(await laid(), "aws:iam/accessKey:AccessKey")).toEqual([]);
  const made = await laid({ install: { zoneId: "Z0123456789", identity: { type: "accessKey" } } });
  expect(objects(made, "Secret").map((m) => m.inputs.stringData)).toMatchObject([
    { secret: "made-up-secret-key" },
  ]);
  expect(JSON.stringify(objects(made, "Deployment"))).not.toContain("made-up-secret-key");
});
