/** How an authority is shown that the hosts are ours: what is made for each challenge, and how little it may do. */
import { z } from "zod";
import { challengeRights } from "../../../components/edge/route53Access";
import { recordRules } from "../../../components/edge/tls/designateSolver";
import {
  acme,
  byKey,
  byRole,
  custom,
  designate,
  edgeWith,
  hosts,
  named,
  podOf,
  settingsOf,
} from "../../support/edge";
import { type Made, objects, ofType } from "../../support/mocks";

// They come from cert-manager's own release.
jest.mock("../../../components/edge/tls/certManagerCrds", () => ({ certManagerCrdFiles: () => [] }));

const names = Object.values(hosts);
const labels = Object.keys(hosts);
const http01 = acme({ type: "http01" });

describe("over HTTP", () => {
  let made: Made[];
  beforeAll(async () => {
    made = await edgeWith(http01);
  });

  test("each host's question goes to the pod that answers for it, by plain HTTP, before the redirect", () => {
    const { install, routes } = settingsOf(made);
    expect(install.entryPoints.web.http.redirections.entryPoint.priority).toBe(1);
    for (const [label, host] of Object.entries(hosts)) {
      expect(routes.http.routers[`challenge-${host}`]).toEqual({
        rule: `Host(\`${host}\`) && PathPrefix(\`/.well-known/acme-challenge/\`) && Method(\`GET\`)`,
        entryPoints: ["web"],
        middlewares: ["answer-headers", "challenge-rate"],
        service: `challenge-${host}`,
      });
      expect(routes.http.services[`challenge-${host}`].loadBalancer.servers).toEqual([
        { url: `http://acme-solver-${label}.platform.svc:8089` },
      ]);
    }
  });

  test("what answers is found by labels that the Issuer puts on its pods, one set for each host", () => {
    const [issuer] = custom(made, "Issuer");
    const { spec } = z
      .object({ spec: z.object({ acme: z.looseObject({ solvers: z.array(z.any()) }) }) })
      .parse(issuer);
    const wanted = spec.acme.solvers.map((solver) => ({
      host: solver.selector.dnsNames,
      labels: solver.http01.ingress.podTemplate.metadata.labels,
    }));
    expect(wanted.map((w) => w.host)).toEqual(names.map((host) => [host]));
    expect(labels.map((label) => named(made, "Service", `acme-solver-${label}`)?.spec)).toMatchObject(
      wanted.map((w) => ({ selector: w.labels })),
    );
    expect(new Set(wanted.map((w) => JSON.stringify(w.labels))).size).toBe(names.length);
  });

  test("everything else on port 80 is redirected, and nothing of HTTP-01 is there for other kinds", async () => {
    const web = ({ routes }: ReturnType<typeof settingsOf>) =>
      Object.values<{ entryPoints: string[] }>(routes.http.routers).filter((r) =>
        r.entryPoints.includes("web"),
      );
    expect(web(settingsOf(made))).toHaveLength(names.length);
    const other = settingsOf(await edgeWith(acme(byKey)));
    expect(web(other)).toEqual([]);
    expect(other.install.entryPoints.web.http.redirections.entryPoint).not.toHaveProperty("priority");
  });
});

describe("by Route 53", () => {
  test("the right is for the challenges' records of the edge's hosts and no other", () => {
    expect(JSON.parse(challengeRights("Z1", ["a.example"])).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["route53:ChangeResourceRecordSets"],
        Resource: ["arn:aws:route53:::hostedzone/Z1"],
        Condition: {
          "ForAllValues:StringLike": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.a.example"],
          },
          "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] },
        },
      },
      {
        Effect: "Allow",
        Action: ["route53:ListResourceRecordSets"],
        Resource: ["arn:aws:route53:::hostedzone/Z1"],
      },
      { Effect: "Allow", Action: ["route53:GetChange"], Resource: ["arn:aws:route53:::change/*"] },
    ]);
  });

  test("with a role there is no key, and cert-manager may use what its pod is", async () => {
    const made = await edgeWith(acme(byRole));
    expect(ofType(made, "aws:iam/accessKey:AccessKey")).toEqual([]);
    expect(
      ofType(made, "aws:eks/podIdentityAssociation:PodIdentityAssociation").map((m) => m.inputs),
    ).toMatchObject([{ clusterName: "eks", namespace: "platform", serviceAccount: "cert-manager" }]);
    expect(podOf(made, "cert-manager").spec.containers[0]?.args).toContain(
      "--issuer-ambient-credentials=true",
    );
  });

  test("with a key it lies in a Secret, to which the Issuer refers", async () => {
    const made = await edgeWith(acme(byKey));
    expect(named(made, "Secret", "edge-acme-route53")?.stringData).toMatchObject({
      "secret-access-key": "made-up-secret-key",
    });
    expect(JSON.stringify(custom(made, "Issuer"))).toContain('"name":"edge-acme-route53"');
    expect(JSON.stringify(custom(made, "Issuer"))).not.toContain("made-up-secret-key");
  });
});

describe("by Designate", () => {
  let made: Made[];
  beforeAll(async () => {
    made = await edgeWith(acme(designate));
  });

  test("the solver comes with a credential for records alone, unless the cloud cannot tell", async () => {
    const type = "openstack:identity/applicationCredential:ApplicationCredential";
    expect(ofType(made, type).map((m) => m.inputs)).toMatchObject([
      { roles: ["member"], unrestricted: false, accessRules: recordRules },
    ]);
    const unruled = await edgeWith(acme({ ...designate, accessRules: false }));
    expect(ofType(unruled, type)[0]?.inputs).not.toHaveProperty("accessRules");
  });

  test("the API server knows it by the private CA, and cert-manager alone may call it", () => {
    expect(objects(made, "APIService").map((m) => m.inputs)).toMatchObject([
      {
        metadata: { name: "v1alpha1.acme.syseleven.de" },
        spec: {
          caBundle: Buffer.from("authority").toString("base64"),
          service: { name: "designate-solver", namespace: "platform", port: 8443 },
        },
      },
    ]);
    expect(named(made, "ClusterRole", "platform-designate-solver-calls")?.rules).toEqual([
      { apiGroups: ["acme.syseleven.de"], resources: ["designatedns"], verbs: ["create"] },
    ]);
    expect(named(made, "ClusterRoleBinding", "platform-designate-solver-calls")?.subjects).toEqual([
      { kind: "ServiceAccount", name: "cert-manager", namespace: "platform" },
    ]);
  });

  test("its credential is in no plain text", () => {
    const { containers } = podOf(made, "designate-solver").spec;
    expect(JSON.stringify(containers)).not.toContain("made-up-secret");
    expect(JSON.stringify(containers)).toContain('"secretKeyRef":{"key":"secret","name":"designate-solver"}');
  });
});
