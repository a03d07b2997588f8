/** The walls around what makes certificates and records: every flow passes, and nothing else gets a way in or out. */

import { prometheusPodSelector } from "../../../components/metrics/prometheus";
import { edgePrograms, objectLabels, ports, programs, selectorLabels } from "../../../components/names";
import { flows } from "../../../components/tenancy/flows";
import { programWall } from "../../../components/tenancy/networkWalls";
import type { RawConfig } from "../../../config/schema";
import { environment } from "../../support/environment";
import { allows, type End, type Policy, policySpec } from "../../support/networkPolicy";

const platform = "moat-system";
const all = [...Object.values(programs), ...Object.values(edgePrograms)];
const { certManager, acmeSolver, designateSolver, externalDns } = edgePrograms;

type Changes = Pick<RawConfig["edge"], "tls"> & Pick<RawConfig, "dns">;

const tableOf = ({ tls, dns }: Changes) => flows(environment({ edge: { domain: "moat.example", tls }, dns }));

const policiesOf = (changes: Changes): Policy[] => [
  { namespace: platform, spec: policySpec.parse({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }) },
  ...all.flatMap((program) => {
    const wall = programWall(program, tableOf(changes), ["10.0.0.1/32"]);
    return wall === undefined ? [] : [{ namespace: platform, spec: policySpec.parse(wall) }];
  }),
];

const podOf = (program: string): End => ({
  address: "10.244.0.5",
  pod: {
    namespace: platform,
    namespaceLabels: { "kubernetes.io/metadata.name": platform, [objectLabels.role]: "platform" },
    labels:
      program === programs.tenantPrometheus || program === programs.platformPrometheus
        ? prometheusPodSelector(program)
        : selectorLabels(program),
  },
});
const tenant: End = {
  address: "10.244.0.6",
  pod: {
    namespace: "alpha",
    namespaceLabels: { [objectLabels.role]: "tenant", [objectLabels.tenant]: "alpha" },
    labels: {},
  },
};
const world: End = { address: "203.0.113.9" };
const apiServer: End = { address: "10.0.0.1" };
const metadataService: End = { address: "169.254.169.254" };
const podIdentityAgent: End = { address: "169.254.170.23" };

type Acme = Extract<NonNullable<Changes["tls"]>, { kind: "acme" }>;

const acme = (challenge: Acme["challenge"], more: Partial<Acme> = {}): Changes => ({
  tls: { kind: "acme", email: "ops@example.org", challenge, ...more },
});
const byRole = { type: "podIdentity", cluster: "eks" } as const;

const kinds: readonly (readonly [string, Changes])[] = [
  ["the private CA", {}],
  ["HTTP-01", acme({ type: "http01" })],
  ["HTTP-01 of a cert-manager that is there", acme({ type: "http01" }, { certManager: "existing" })],
  ["Route 53", acme({ type: "route53", zoneId: "Z0", identity: byRole })],
  [
    "Designate",
    acme({
      type: "designate",
      authUrl: "https://keystone.example.org:5000/v3",
      endpoint: "https://dns.example.org:9001",
      region: "r1",
      zone: "example",
    }),
  ],
  [
    "external-dns",
    {
      dns: {
        kind: "externalDns",
        install: { zoneId: "Z0", identity: { type: "podIdentity", cluster: "eks" } },
      },
    },
  ],
];

describe.each(kinds)("with %s", (_, changes) => {
  const policies = policiesOf(changes);

  test("nobody outside reaches anything but the edge, the read gateway and what the API server asks; the API server reaches its extension", () => {
    const doors = all.flatMap((to) =>
      [...new Set(Object.values(ports))]
        .filter((port) => [world, tenant].some((from) => allows(policies, { from, to: podOf(to), port })))
        .map((port) => `${to}:${port}`),
    );
    expect(doors.sort()).toEqual(
      [
        `${programs.edge}:${ports.edgeHttp}`,
        `${programs.edge}:${ports.edgeHttps}`,
        `${programs.readGateway}:${ports.readGateway}`,
        `${programs.admissionWebhook}:${ports.admissionWebhook}`,
      ].sort(),
    );
  });

  test("no program reaches the metadata service", () => {
    for (const from of all.map(podOf))
      for (const port of [80, 443]) expect(allows(policies, { from, to: metadataService, port })).toBe(false);
  });

  test("these programs reach no other program of the platform, but cert-manager the edge", () => {
    const reached = Object.values(edgePrograms).flatMap((from) =>
      all.flatMap((to) =>
        [...new Set(Object.values(ports))]
          .filter((port) => allows(policies, { from: podOf(from), to: podOf(to), port }))
          .map((port) => `${from} → ${to}:${port}`),
      ),
    );
    expect(reached.filter((line) => line !== `${certManager} → ${programs.edge}:${ports.edgeHttp}`)).toEqual(
      [],
    );
  });
});

const open = (changes: Changes, from: End, to: End, port: number) =>
  allows(policiesOf(changes), { from, to, port });
const of = (kind: string): Changes => kinds.find(([name]) => name === kind)?.[1] ?? {};

test("over HTTP the edge reaches who answers, and cert-manager asks by the public way first", () => {
  const changes = of("HTTP-01");
  expect(open(changes, podOf(programs.edge), podOf(acmeSolver), ports.acmeSolver)).toBe(true);
  expect(open(changes, podOf(certManager), podOf(programs.edge), ports.edgeHttp)).toBe(true);
  expect(open(changes, podOf(certManager), world, 80)).toBe(true);
  expect(open(changes, podOf(acmeSolver), world, 443)).toBe(false);
  expect(open(of("Route 53"), podOf(certManager), world, 80)).toBe(false);
});

test("cert-manager reaches the authority on the port of its address, the API server, and its metrics are scraped", () => {
  for (const [changes, port] of [
    [of("HTTP-01"), 443],
    [acme({ type: "http01" }, { server: "https://ca.example:14000/dir" }), 14_000],
  ] as const) {
    expect(open(changes, podOf(certManager), world, port)).toBe(true);
    expect(open(changes, podOf(certManager), apiServer, 6443)).toBe(true);
    expect(
      open(changes, podOf(programs.platformPrometheus), podOf(certManager), ports.certManagerMetrics),
    ).toBe(true);
  }
  expect(
    programWall(certManager, tableOf(of("HTTP-01 of a cert-manager that is there")), []),
  ).toBeUndefined();
});

test("only who comes by a role reaches the agent that hands it out", () => {
  const asking = (changes: Changes) => all.filter((p) => open(changes, podOf(p), podIdentityAgent, 80));
  expect(asking(of("Route 53"))).toEqual([certManager]);
  expect(asking(of("external-dns"))).toEqual([externalDns]);
  expect(asking(acme({ type: "route53", zoneId: "Z0", identity: { type: "accessKey" } }))).toEqual([]);
});

test("the API server calls the solver of Designate, which reaches the cloud on its ports", () => {
  const changes = of("Designate");
  expect(open(changes, apiServer, podOf(designateSolver), ports.designateSolver)).toBe(true);
  expect(open(changes, podOf(certManager), podOf(designateSolver), ports.designateSolver)).toBe(false);
  for (const port of [5000, 9001]) expect(open(changes, podOf(designateSolver), world, port)).toBe(true);
  expect(open(changes, podOf(designateSolver), world, 443)).toBe(false);
});

test("there are no walls for programs that are not there", () => {
  for (const program of Object.values(edgePrograms))
    expect(programWall(program, tableOf({}), [])).toBeUndefined();
});
