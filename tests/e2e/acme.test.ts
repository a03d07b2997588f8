/**
 * The edge's certificate by ACME, over HTTP-01: cert-manager's own controllers in the cluster, and Pebble, Let's Encrypt's authority for tests,
 * outside of it. Ends with the private CA again.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type PeerCertificate } from "node:tls";
import { hostsOf } from "../../components/edge/traefik";
import { gatewayAudience, ports, programs } from "../../components/names";
import { prepareAcme } from "../../toolchain/acme";
import { readChoice } from "../../toolchain/cluster/choice";
import { type Result, run } from "../../toolchain/shell";
import { readyPod } from "../support/live/bare";
import { type Environment, environment } from "../support/live/environment";
import { TenantClient } from "../support/live/gateway";
import { fromPod, kubectl, type Pod, podsOf, tokenFor } from "../support/live/kubectl";
import { make } from "../support/live/make";
import { tell, until } from "../support/live/progress";
import { queryString, readVector } from "../support/live/prometheusApi";
import { preview, pulumi, up, withSettings } from "../support/live/pulumi";
import { platformNamespace, settings, stack } from "../support/live/settings";
import { type PublicAuthority, startPublicAuthority } from "./publicAuthority";

const minutes = 60_000;
const isEmbedded = readChoice()?.kind === "embedded";
if (!isEmbedded)
  tell(
    "certificates by ACME are left out: the authority stands in the node's network of the embedded cluster",
  );
const embedded = isEmbedded ? describe : describe.skip;

const hosts = Object.values(hostsOf(settings.edge.domain));
const tenant = "alpha";

/** The engine came to its end; if not, its words are in the report. */
const expectDone = ({ code, stdout, stderr }: Result): void =>
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });

/** What the edge shows for a host to who trusts an authority; undefined when it shows nothing that this authority signed. */
const shown = (host: string, authority: string): Promise<PeerCertificate | undefined> =>
  new Promise((resolve) => {
    const port = settings.edge.httpsPort;
    const socket = connect({ host: "127.0.0.1", port, servername: host, ca: authority }, () => {
      const certificate = socket.getPeerCertificate();
      socket.destroy();
      resolve(certificate);
    }).on("error", () => resolve(undefined));
  });

/** The one certificate that is shown for all hosts; undefined as long as there is none for one of them. */
async function served(authority: string): Promise<PeerCertificate | undefined> {
  const all = await Promise.all(hosts.map((host) => shown(host, authority)));
  const serials = new Set(all.map((certificate) => certificate?.serialNumber));
  return serials.size === 1 ? all[0] : undefined;
}

const inPlatform = ["-n", platformNamespace] as const;

/** What cert-manager has to say, for the report of a failure. */
async function toldByCertManager(): Promise<string> {
  const kinds = "issuers,certificates,certificaterequests,orders,challenges";
  const said = [
    await kubectl(["describe", kinds, ...inPlatform]),
    await kubectl(["logs", "deployment/cert-manager", "--tail=40", ...inPlatform]),
  ];
  return said.join("\n");
}

async function untilServed(
  what: string,
  found: () => Promise<PeerCertificate | undefined | false>,
): Promise<PeerCertificate> {
  try {
    return await until(what, 150, found);
  } catch (error) {
    throw new Error(`${String(error)}\n${await toldByCertManager().catch(String)}`);
  }
}

/** As `cmctl renew` does, and cert-manager itself when two thirds of a certificate's life are over. */
async function renew(): Promise<void> {
  const condition = {
    type: "Issuing",
    status: "True",
    reason: "ManuallyTriggered",
    message: "asked for by a test",
    lastTransitionTime: new Date().toISOString(),
  };
  const patch = JSON.stringify([{ op: "add", path: "/status/conditions/-", value: condition }]);
  await kubectl([
    ...["patch", "certificate", "edge", ...inPlatform],
    ...["--subresource=status", "--type=json", "-p", patch],
  ]);
}

const podsOfEdge = async (): Promise<unknown[]> =>
  (await podsOf(programs.edge)).map(({ metadata, status }: Pod) => ({
    uid: metadata.uid,
    restarts: status.containerStatuses.map(({ restartCount }) => restartCount),
  }));

/** Takes from cert-manager the questions that it holds, which nobody would ever clear away if it went before them. */
async function freeQuestions(): Promise<void> {
  const all = await run("kubectl", ["get", "challenges", ...inPlatform, "-o", "name"]);
  for (const name of all.stdout.split("\n").filter((line) => line !== ""))
    await kubectl(["patch", name, ...inPlatform, "--type=merge", "-p", '{"metadata":{"finalizers":null}}']);
}

/** What cert-manager keeps when its Certificate goes, so that it can be taken up again: keys, and the lease of its leader. */
const kept = ["secret/edge-acme", "secret/edge-acme-account", "lease/cert-manager-controller"] as const;

const forget = (): Promise<string> => kubectl(["delete", "--ignore-not-found", ...inPlatform, ...kept]);

embedded("the edge's certificate by ACME", () => {
  let env: Environment;
  let authority: PublicAuthority;
  let atHome = true;
  let goingHome: Promise<Result> | undefined;
  const folder = mkdtempSync(join(tmpdir(), "moat-acme-"));
  const rootFile = join(folder, "root.pem");

  const client = async (ca: string): Promise<TenantClient> => {
    const account = env.tenants[tenant];
    if (account === undefined) throw new Error(`the stack has no tenant ${tenant}`);
    const { serviceAccountNamespace, serviceAccount, namespaces } = account;
    const token = await tokenFor(serviceAccountNamespace, serviceAccount, gatewayAudience);
    return new TenantClient({ url: env.readGatewayUrl, ca }, token, namespaces.slice(0, 1));
  };

  const configure = async (server: string): Promise<void> => {
    const { serverCa } = authority;
    const challenge = { type: "http01" };
    const changes = [
      [["moat:edge", "tls"], { kind: "acme", email: "platform@moat.test", server, serverCa, challenge }],
      // Here it is only a number of the Service: an address outside of the cluster has the port.
      [["moat:edge", "httpPort"], 80],
    ] as const;
    await withSettings(changes, async (file) => {
      expectDone(await up("--config-file", file, "--suppress-outputs"));
    });
  };

  beforeAll(async () => {
    env = await environment();
    await prepareAcme();
    // Of a run that was killed: a certificate of another authority.
    await forget();
    authority = await startPublicAuthority(hosts);
    writeFileSync(rootFile, authority.root);
  }, 40 * minutes);

  afterAll(async () => {
    try {
      if (!atHome) {
        await freeQuestions();
        await goingHome;
        expectDone(await up());
      }
      await forget();
    } finally {
      await authority?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 5 * minutes);

  test(
    "comes from the authority that the configuration names, for every host",
    async () => {
      expect(await served(env.caCertificate)).toBeDefined();
      atHome = false;
      await configure(authority.server);
      const { subjectaltname } = await untilServed("the authority's certificate", () =>
        served(authority.root),
      );
      expect(subjectaltname?.split(", ").sort()).toEqual(hosts.map((host) => `DNS:${host}`).sort());
      expect(await served(env.caCertificate)).toBeUndefined();
    },
    6 * minutes,
  );

  test(
    "is asked for anew at once when the configuration names another authority",
    async () => {
      const before = await served(authority.root);
      await configure(`${authority.server}?another`);
      const after = await untilServed("the other authority's certificate", async () => {
        const now = await served(authority.root);
        return now?.serialNumber !== before?.serialNumber && now;
      });
      expect(after.serialNumber).not.toBe(before?.serialNumber);
    },
    6 * minutes,
  );

  test(
    "verifies a tenant's query, by hand and by make query",
    async () => {
      expect(await (await client(authority.root)).query("up")).not.toEqual([]);
      await expect((await client(env.caCertificate)).query("up")).rejects.toThrow(/certificate/);

      const asked = { TENANT: tenant, Q: "up" };
      const trusted = await make("query", { ...asked, NODE_EXTRA_CA_CERTS: rootFile });
      expect(trusted).toMatchObject({ code: 0, stdout: expect.stringMatching(/namespace/) });
      const untrusted = await make("query", asked);
      expect(untrusted).toMatchObject({ code: 1, stderr: expect.stringMatching(/NODE_EXTRA_CA_CERTS/) });
    },
    2 * minutes,
  );

  test(
    "is renewed under the running edge, and no query is lost",
    async () => {
      const before = await served(authority.root);
      const pods = await podsOfEdge();
      const asks = await client(authority.root);
      const answers = new Set<string>();
      let over = false;
      const asking = (async () => {
        while (!over) {
          const asked = asks.ask({ path: "/api/v1/query?query=up" });
          answers.add(await asked.then(({ status }) => String(status), String));
          await delay(100);
        }
      })();
      const renewed = async (): Promise<PeerCertificate> => {
        await renew();
        return untilServed("the renewed certificate", async () => {
          const now = await served(authority.root);
          return now?.serialNumber !== before?.serialNumber && now;
        });
      };
      const after = await renewed().finally(() => {
        over = true;
      });
      await asking;
      expect(after.serialNumber).not.toBe(before?.serialNumber);
      expect(after.pubkey).not.toEqual(before?.pubkey);
      expect(await podsOfEdge()).toEqual(pods);
      expect([...answers]).toEqual(["200"]);
    },
    4 * minutes,
  );

  test(
    "is what the alerts look at: the platform's Prometheus has cert-manager's words and the edge's, and they agree",
    async () => {
      const ask = async (query: string): Promise<number> => {
        const path = `/api/v1/query?${queryString({ query })}`;
        return readVector(await fromPod(await readyPod(programs.platformPrometheus), path, ports.prometheus))
          .length;
      };
      const manager = 'job="cert-manager",name="edge"';
      const agreed = [
        `certmanager_certificate_ready_status{${manager},condition="True"} == 1`,
        `certmanager_certificate_renewal_timestamp_seconds{${manager}} > time()`,
        'min(max by (pod) (traefik_tls_certs_not_after{job="edge"})) == ' +
          `max(certmanager_certificate_expiration_timestamp_seconds{${manager}})`,
      ];
      for (const query of agreed) await until(query, 90, async () => (await ask(query)) === 1, 2);
    },
    5 * minutes,
  );

  // Whoever cannot make the authority's questions reach the edge gives up in the middle of them. cert-manager holds what it has begun, so it
  // must be there until that is cleared away.
  test(
    "gives way to the private CA's again in the middle of a renewal, and nothing of cert-manager stays",
    async () => {
      await authority.cutOff();
      await renew();
      await until("a question that is not answered", 60, async () => {
        const presented = "jsonpath={.items[*].status.presented}";
        return (await kubectl(["get", "challenges", ...inPlatform, "-o", presented])).includes("true");
      });
      goingHome = up("--suppress-outputs");
      expectDone(await goingHome);
      atHome = true;
      await until("the private CA's certificate", 30, () => served(env.caCertificate));
      expect(await served(authority.root)).toBeUndefined();
      expectDone(await preview("--expect-no-changes"));
      const definitions = await kubectl(["get", "crd", "-o", "name"]);
      expect(definitions.split("\n").filter((name) => name.endsWith("cert-manager.io"))).toEqual([]);
      const kinds =
        "deployments,pods,services,ingresses,networkpolicies,roles,rolebindings,serviceaccounts,configmaps,secrets,leases";
      const left = await kubectl(["get", kinds, ...inPlatform, "-o", "name"]);
      const theirs = left.split("\n").filter((name) => /acme|cert-manager/.test(name));
      expect(theirs.map((name) => name.replace(/\.coordination.*\//, "/")).sort()).toEqual([...kept].sort());
    },
    4 * minutes,
  );

  test("is told of by the stack's output", async () => {
    const { stdout } = await pulumi("stack", "output", "edgeCaCertificate", "--stack", stack);
    expect(stdout.trim()).toBe(env.caCertificate.trim());
  });
});
