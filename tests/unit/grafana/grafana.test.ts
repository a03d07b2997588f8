/** Grafana as resources: what is where, what stays secret, and what the policy pack says. */
import { isSecret, type Output, runtime } from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";
import { Grafana } from "../../../components/grafana/grafana";
import { dataSourceUid, numberMark } from "../../../components/grafana/provisioning";
import { namespaceHeader, objectLabels, ports } from "../../../components/names";
import { ClientAuthority } from "../../../components/trust/clientAuthority";
import { PrivateCa } from "../../../components/trust/privateCa";
import { grafanaConfig, oidc, postgres, withTenants } from "../../support/grafana";
import { judgedTypes, optionsOfChildren, violationsIn } from "../../support/judged";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

const namespace = "moat-system";

/** Rules of tenants do not hold in it. */
const room: Made = {
  type: "kubernetes:core/v1:Namespace",
  name: namespace,
  custom: true,
  inputs: {
    metadata: {
      name: namespace,
      labels: { [objectLabels.role]: "platform", "pod-security.kubernetes.io/enforce": "restricted" },
    },
  },
};

interface Laid {
  readonly made: Made[];
  readonly grafana: Grafana | undefined;
  readonly protectedNames: string[];
}

async function lay(given: object): Promise<Laid> {
  runtime.setAllConfig(
    { "moat:grafanaDatabasePassword": "of-the-database", "moat:grafanaOidcClientSecret": "of-the-client" },
    ["moat:grafanaDatabasePassword", "moat:grafanaOidcClientSecret"],
  );
  const options = optionsOfChildren();
  let grafana: Grafana | undefined;
  const made = await madeBy(() => {
    grafana = new Grafana(
      "grafana",
      {
        namespace,
        grafana: grafanaConfig(given),
        config: withTenants,
        url: "https://grafana.example.org",
        ca: new PrivateCa("ca", { namespace }),
        readers: new ClientAuthority("readers"),
        readGatewayHost: "read-gateway.moat-system.svc",
      },
      options,
    );
  });
  const protectedNames = [...options.seen].flatMap(([name, { protect }]) => (protect ? [name] : []));
  return { made, grafana, protectedNames };
}

let onPostgres: Laid;
let onVolume: Laid;
beforeAll(async () => {
  onPostgres = await lay({ database: postgres, oidc });
  onVolume = await lay({});
});
const both = () => [onPostgres, onVolume];

const dataOf = (made: readonly Made[], kind: string, name: string) => {
  const found = objects(made, kind).find((m) => m.name === name)?.inputs;
  const texts = z.record(z.string(), z.string());
  return texts.parse(kind === "Secret" ? found?.stringData : found?.data);
};
const settingsOf = (made: readonly Made[]) => dataOf(made, "ConfigMap", "grafana-settings");

test("is made of objects that the published schemas allow", () => {
  for (const { made } of both()) expect(validateAll(made)).toEqual([]);
});

test("breaks no rule, and the rules about Grafana look at it", () => {
  for (const { made } of both()) {
    expect(violationsIn([room, ...made])).toEqual([]);
    expect(judgedTypes(made)).toEqual(
      expect.arrayContaining([
        "kubernetes:core/v1:ConfigMap",
        expect.stringMatching(/^kubernetes:apps\/v1:/),
      ]),
    );
  }
});

type Change = readonly [from: string | RegExp, to: string];

/** The objects with texts in them changed. */
const tampered = (made: readonly Made[], changes: readonly Change[]): Made[] =>
  made.map((one) => {
    const text = changes.reduce((t, [from, to]) => t.replace(from, to), JSON.stringify(one.inputs));
    return { ...one, inputs: z.record(z.string(), z.unknown()).parse(JSON.parse(text)) };
  });

test.each<[string, string, ...Change[]]>([
  ["a login for nobody", "G2b", ["[auth.anonymous]\\nenabled = false", "[auth.anonymous]\\nenabled = true"]],
  ["accounts for everybody", "G2b", ["allow_sign_up = false", "allow_sign_up = true"]],
  ["a password in the file", "G2b", [/admin_password = [^\\]+/, "admin_password = known"]],
  ["an organisation for everybody", "G2d", ["beta-team:beta", "*:beta"]],
  ["a data source that is edited", "G1a", ["editable: false", "editable: true"]],
  ["a key in the open", "G1a", ["$__file{/etc/grafana-readers/alpha.key}", "key"]],
  ["a server that is not verified", "G1c", ["tlsAuth: true", "tlsSkipVerify: true"]],
  [
    "a door by a variable",
    "G2a",
    [/GF_PATHS_PROVISIONING/g, "GF_AUTH_ANONYMOUS_ENABLED"],
    ['"/tmp/nothing"', '"true"'],
  ],
])("the pack sees %s", (_, rule, ...changes) => {
  const changed = tampered(onPostgres.made, changes);
  expect(changed).not.toEqual(onPostgres.made);
  expect(violationsIn([room, ...changed]).map((said) => said.split(":")[0])).toContain(rule);
});

describe("secrets", () => {
  test("stand in Secrets, and nowhere else", () => {
    const values = ["made-up-password", "of-the-database", "of-the-client", "private key"];
    const others = onPostgres.made.filter(
      ({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Secret"),
    );
    expect(others.length).toBeGreaterThan(5);
    for (const value of values) expect(JSON.stringify(others)).not.toContain(value);
    expect(dataOf(onPostgres.made, "Secret", "grafana-secrets")).toEqual({
      "admin-password": "made-up-password",
      "encryption-key": "made-up-password",
      "database-password": "of-the-database",
      "oidc-client-secret": "of-the-client",
    });
  });

  test("are those that are needed", () => {
    expect(Object.keys(dataOf(onVolume.made, "Secret", "grafana-secrets"))).toEqual([
      "admin-password",
      "encryption-key",
    ]);
  });

  test("the password is handed out as a secret", async () => {
    expect(onVolume.grafana && (await isSecret(onVolume.grafana.adminPassword))).toBe(true);
  });
});

describe("a tenant's certificate", () => {
  test("is for its own name", () => {
    const requests = ofType(onPostgres.made, "tls:index/certRequest:CertRequest");
    const subjects = requests
      .filter(({ name }) => name.startsWith("grafana-reader"))
      .map((r) => r.inputs.subject);
    expect(subjects).toEqual([{ commonName: "moat:grafana:alpha" }, { commonName: "moat:grafana:beta" }]);
  });

  test("has an end that is told, as has Grafana's own", () => {
    const ends: Readonly<Record<string, Output<string>>> = onPostgres.grafana?.certificates ?? {};
    expect(Object.keys(ends)).toEqual(["grafana", "grafana-alpha", "grafana-beta"]);
  });
});

const source = z.object({
  apiVersion: z.literal(1),
  prune: z.literal(true),
  datasources: z.array(
    z.strictObject({
      name: z.string(),
      uid: z.string(),
      orgId: z.string(),
      type: z.literal("prometheus"),
      access: z.literal("proxy"),
      url: z.string(),
      isDefault: z.boolean(),
      editable: z.literal(false),
      jsonData: z.record(z.string(), z.unknown()),
      secureJsonData: z.record(z.string(), z.string()),
    }),
  ),
});
const sourceOf = (tenant: string) => {
  const file = settingsOf(onPostgres.made)[`datasources.${tenant}.yaml`] ?? "";
  const [only, ...more] = source.parse(parse(file)).datasources;
  expect(more).toEqual([]);
  if (only === undefined) throw new Error(`${tenant} has no data source`);
  return only;
};

describe("a tenant's data source", () => {
  test("is one, in its own organisation, through the read gateway, and nobody edits it", () => {
    expect(sourceOf("alpha")).toMatchObject({
      uid: dataSourceUid,
      orgId: numberMark,
      url: `https://read-gateway.moat-system.svc:${ports.readGateway}`,
      jsonData: { tlsAuth: true, tlsAuthWithCACert: true, serverName: "read-gateway.moat-system.svc" },
    });
    expect(sourceOf("alpha").jsonData).not.toHaveProperty("tlsSkipVerify");
  });

  test("shows its own certificate, and asks for its own namespaces, each in a header", () => {
    const readers = dataOf(onPostgres.made, "Secret", "grafana-readers");
    for (const { name, namespaces } of withTenants.tenants) {
      const { jsonData, secureJsonData } = sourceOf(name);
      const fileOf = (key: string): string => {
        const [, file = ""] =
          /^\$__file\{\/etc\/grafana-readers\/(.+)\}$/.exec(secureJsonData[key] ?? "") ?? [];
        expect(file).toMatch(new RegExp(`^${name}\\.`));
        return readers[file] ?? "";
      };
      const headers = Object.keys(jsonData).filter((key) => key.startsWith("httpHeaderName"));
      expect(headers.map((key) => jsonData[key])).toEqual(namespaces.map(() => namespaceHeader));
      expect(headers.map((key) => fileOf(key.replace("Name", "Value")))).toEqual(namespaces);
      expect(fileOf("tlsClientCert")).toBe("server");
      expect(fileOf("tlsClientKey")).toBe("private key");
    }
  });

  test("comes with dashboards that nobody edits, from the folder where they are", () => {
    const file = parse(settingsOf(onPostgres.made)["dashboards.beta.yaml"] ?? "");
    expect(file.providers).toMatchObject([
      {
        orgId: numberMark,
        allowUiUpdates: false,
        disableDeletion: true,
        options: { path: "/etc/grafana-dashboards" },
      },
    ]);
  });
});

test("there is an organisation for every tenant", () => {
  expect(settingsOf(onPostgres.made).organisations).toBe("alpha\nbeta\n");
});

describe("on PostgreSQL", () => {
  test("it has two replicas, which are never both taken down on purpose, and keeps nothing itself", () => {
    expect(objects(onPostgres.made, "Deployment").map((m) => m.inputs.spec)).toMatchObject([{ replicas: 2 }]);
    expect(objects(onPostgres.made, "PodDisruptionBudget")).toHaveLength(1);
    expect(onPostgres.protectedNames).toEqual(["grafana-encryption-key"]);
  });

  test("it verifies by the authorities that are given", () => {
    expect(Object.keys(dataOf(onPostgres.made, "ConfigMap", "grafana-authorities"))).toEqual([
      "database.crt",
      "oidc.crt",
    ]);
  });
});

test("on a volume it has one replica, and what holds people's dashboards is protected", () => {
  expect(objects(onVolume.made, "StatefulSet").map((m) => m.inputs.spec)).toMatchObject([
    { replicas: 1, volumeClaimTemplates: [{ metadata: { name: "data" } }] },
  ]);
  expect(onVolume.protectedNames).toContain("grafana");
});

test("a volume that is not protected can go", async () => {
  const { protectedNames } = await lay({ database: { kind: "volume", protect: false } });
  expect(protectedNames).toEqual([]);
});

const podSpec = z.object({
  spec: z.object({
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        automountServiceAccountToken: z.literal(false),
        initContainers: z.array(z.looseObject({ env: z.array(z.looseObject({ name: z.string() })) })),
        containers: z.array(z.looseObject({ env: z.array(z.looseObject({ name: z.string() })) })),
      }),
    }),
  }),
});
const podOf = ({ made }: Laid) =>
  podSpec.parse((objects(made, "Deployment")[0] ?? objects(made, "StatefulSet")[0])?.inputs).spec.template;

test("both containers are the same image, as an unprivileged user on a file system that is read only", () => {
  for (const laid of both()) {
    const { initContainers, containers } = podOf(laid).spec;
    for (const container of [...initContainers, ...containers]) {
      expect(container).toMatchObject({
        image: expect.stringMatching(/^docker\.io\/grafana\/grafana:\d+\.\d+\.\d+$/),
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
      });
    }
  }
});

test("the one that makes organisations is reached by nobody but the pod", () => {
  const [first] = podOf(onVolume).spec.initContainers;
  expect(first?.env).toEqual(
    expect.arrayContaining([
      { name: "GF_SERVER_HTTP_ADDR", value: "127.0.0.1" },
      { name: "GF_AUTH_BASIC_ENABLED", value: "true" },
    ]),
  );
  expect(JSON.stringify(podOf(onVolume).spec.containers)).not.toContain("GF_AUTH_BASIC_ENABLED");
});

test("it restarts when its settings change, and not otherwise", async () => {
  const sum = async (given: object) => podOf(await lay(given)).metadata.annotations;
  expect(await sum({})).toEqual(podOf(onVolume).metadata.annotations);
  expect(await sum({ oidc })).not.toEqual(podOf(onVolume).metadata.annotations);
});

test("it is scraped by TLS", () => {
  expect(objects(onVolume.made, "PodMonitor").map((m) => m.inputs.spec)).toMatchObject([
    { podMetricsEndpoints: [{ port: "https", scheme: "https" }] },
  ]);
});
