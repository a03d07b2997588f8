/** Object stores that make no bucket in a cloud: a server in the cluster, and a bucket that is there already. */

import { InClusterStore, s3Server, serverArgs } from "../../../components/storage/inCluster";
import { S3Store } from "../../../components/storage/s3";
import { PrivateCa } from "../../../components/trust/privateCa";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";
import { settled } from "../../support/settled";

const namespace = "platform";
const signal = "metrics";
const keys = { accessKey: "access", secretKey: "secret: [odd" };

/** What the Secret for Thanos says. */
function configOf(made: readonly Made[]): unknown {
  return objects(made, "Secret").find((s) => s.name.endsWith("-config"))?.inputs.stringData;
}

test("a store elsewhere is only its configuration", async () => {
  const made = await madeBy(
    () =>
      new S3Store("store", {
        namespace,
        signal,
        endpoint: "s3.example",
        region: "eu-1",
        bucket: "b",
        ...keys,
      }),
  );
  expect(made.map((m) => m.type)).toEqual(["moat:storage:S3Store", "kubernetes:core/v1:Secret"]);
  expect(configOf(made)).toEqual({ "objstore.yml": expect.stringContaining("endpoint: s3.example") });
  expect(validateAll(made)).toEqual([]);
});

test("a store elsewhere with a private CA has it beside its configuration, which names it", async () => {
  const caCertificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const args = { namespace, signal, endpoint: "rgw.internal", region: "us-east-1", bucket: "b" } as const;
  const made = await madeBy(() => new S3Store("store", { ...args, ...keys, caCertificate }));
  expect(configOf(made)).toEqual({
    "objstore.yml": expect.stringMatching(/tls_config:\n\s+ca_file: \/etc\/object-store\/ca.crt\n/),
    "ca.crt": caCertificate,
  });
  expect(validateAll(made)).toEqual([]);
});

describe("a store in the cluster", () => {
  let made: Made[];
  let secretName: string;
  beforeAll(async () => {
    let store: InClusterStore | undefined;
    made = await madeBy(() => {
      const ca = new PrivateCa("ca", { namespace });
      store = new InClusterStore("store", {
        namespace,
        signal,
        bucket: "metrics",
        storage: "5Gi",
        size: "small",
        ca,
        protectData: true,
      });
    });
    secretName = await settled(store?.secretName ?? "");
  });

  test("makes objects that the published schemas allow", () => {
    expect(validateAll(made)).toEqual([]);
  });

  test("tells Thanos where it is and whom to trust", () => {
    expect(secretName).toBe("object-store");
    expect(configOf(made)).toEqual({
      "objstore.yml": expect.stringContaining("endpoint: s3.platform.svc:7070"),
      "ca.crt": "authority",
    });
  });

  test("has a certificate for that name", () => {
    expect(ofType(made, "tls:index/certRequest:CertRequest").map((r) => r.inputs.dnsNames)).toEqual([
      ["s3.platform.svc"],
    ]);
  });

  test("shows its keys in no object but Secrets", () => {
    const others = objects(made).filter((o) => !o.type.endsWith(":Secret"));
    expect(JSON.stringify(others)).not.toContain("made-up-password");
  });

  test("is one copy with one volume", () => {
    const [set] = objects(made, "StatefulSet");
    expect(set?.inputs.spec).toMatchObject({
      replicas: 1,
      volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "5Gi" } } } }],
    });
  });
});

describe("the server", () => {
  const args = { bucket: "metrics", storage: "5Gi", size: "small" } as const;
  const server = s3Server(args, { certificate: "tls", credentials: "keys", restartOn: "" });

  test("finds its bucket made: a folder beside which nothing else of the volume is seen", () => {
    expect(server.initContainers?.[0]?.mounts).toEqual([
      { volume: "data", path: "/data", subPath: "buckets/metrics" },
    ]);
    expect(server.containers[0]?.mounts).toContainEqual({
      volume: "data",
      path: "/data",
      subPath: "buckets",
      readOnly: false,
    });
  });

  test("speaks TLS only, and lets nobody administer it from elsewhere", () => {
    expect(serverArgs).toEqual(
      expect.arrayContaining([
        "--cert=/etc/tls/tls.crt",
        "--key=/etc/tls/tls.key",
        "--admin-port=127.0.0.1:7071",
      ]),
    );
  });
});
