/** A machine counts when the API shows a ready node that is this very machine. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { join } from "node:path";
import type { Node } from "../../../../components/cluster/openstack/nodes";
import {
  inWords,
  isAbandoned,
  untilReady,
  whyNotReady,
} from "../../../../components/cluster/openstack/readiness";
import { awaitedOf } from "../../../../components/cluster/openstack/rollout";
import { temporaryFolder } from "../../../support/kubeconfig";

const machine = "3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f";
const node = (providerID: string | undefined, ready: string) => ({
  spec: providerID === undefined ? {} : { providerID },
  status: {
    conditions: [
      { type: "DiskPressure", status: "False" },
      { type: "Ready", status: ready },
    ],
  },
});

test.each<[string, unknown, string]>([
  ["ready", node(`openstack:///${machine}`, "True"), ""],
  ["ready, in a region", node(`openstack://RegionOne/${machine}`, "True"), ""],
  ["not there", undefined, "the cluster does not know it"],
  ["not ready", node(`openstack:///${machine}`, "False"), "it is not ready"],
  ["silent", node(`openstack:///${machine}`, "Unknown"), "it is not ready"],
  [
    "the machine before it",
    node("openstack:///another", "True"),
    "the cluster knows another machine by its name",
  ],
  ["nobody's", node(undefined, "True"), "the cluster knows another machine by its name"],
  ["without conditions", { spec: { providerID: `openstack:///${machine}` }, status: {} }, "it is not ready"],
  ["no node at all", { kind: "Status" }, "the cluster does not know it"],
])("a node that is %s", (_, found, expected) => {
  expect(whyNotReady(found, machine)).toBe(expected);
});

describe("what is left of a machine that was replaced", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  const lease = (seconds: number) => ({ spec: { renewTime: new Date(now - seconds * 1000).toISOString() } });
  const other = "openstack:///00000000-0000-4000-8000-000000000000";

  test.each<[string, boolean, unknown, unknown]>([
    ["another machine's, silent for long", true, node(other, "True"), lease(30)],
    ["another machine's, that was heard just now", false, node(other, "True"), lease(5)],
    ["this machine's, however silent", false, node(`openstack:///${machine}`, "Unknown"), lease(300)],
    ["nobody's yet", false, node(undefined, "True"), lease(300)],
    ["of an id that is none of ours", false, node("aws:///eu-1a/i-0abc", "True"), lease(300)],
    ["another machine's, without a lease", false, node(other, "True"), undefined],
    ["not there", false, undefined, lease(300)],
  ])("%s: %s", (_, expected, found, itsLease) => {
    expect(isAbandoned(found, itsLease, machine, now)).toBe(expected);
  });
});

/** An API server with the answers of a replacement: first the old node, silent; then none; then the new one. */
describe("against an API", () => {
  const folder = temporaryFolder();
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const asked: string[] = [];
  let server: Server;
  let port: number;
  let pem: { readonly key: string; readonly cert: string };

  beforeAll(async () => {
    const made = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"],
      ...[
        "-subj",
        "/CN=test",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        keyFile,
        "-out",
        certFile,
      ],
    ]);
    expect(made.status).toBe(0);
    pem = { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8") };
    let known: unknown = node("openstack:///00000000-0000-4000-8000-000000000000", "True");
    server = createServer(
      { ...pem, ca: pem.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        asked.push(`${request.method} ${request.url}`);
        if (request.method === "DELETE") known = node(`openstack:///${machine}`, "True");
        const answer = request.url?.includes("/leases/")
          ? { spec: { renewTime: "2026-01-01T00:00:00Z" } }
          : known;
        response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });
  afterAll(() => server.close());

  test("it asks with the administrator's certificate, removes what is left, and waits for the machine itself", async () => {
    const access = { host: "127.0.0.1", port, ca: pem.cert, certificate: pem.cert, key: pem.key };
    await untilReady(access, { name: "n", machine });
    expect(asked.filter((a) => !a.includes("/leases/"))).toEqual([
      "GET /api/v1/nodes/n",
      "DELETE /api/v1/nodes/n",
      "GET /api/v1/nodes/n",
    ]);
  });
});

const nodeOf = (role: Node["role"], index: number): Node => ({
  name: `c-${role}-${index}`,
  role,
  index,
  zone: "nova",
  address: "10.0.0.1",
  peers: [],
});

test("servers are waited for whatever comes next, agents only when the next one has something to lose", () => {
  expect(awaitedOf(nodeOf("server", 0), "m", nodeOf("server", 1))).toEqual({
    name: "c-server-0",
    machine: "m",
  });
  expect(awaitedOf(nodeOf("server", 2), "m", nodeOf("agent", 0))).toEqual({
    name: "c-server-2",
    machine: "m",
  });
  expect(awaitedOf(nodeOf("agent", 0), "m", nodeOf("agent", 1))).toEqual({
    name: "c-agent-0",
    machine: "m",
    next: "c-agent-1",
  });
  expect(awaitedOf(nodeOf("agent", 1), "m", undefined)).toEqual({ name: "c-agent-1", machine: "m" });
});

test("who waits in vain reads what is missing, where to look, and what it usually is", () => {
  const said = inWords({ name: "prod-server-0", machine }, "it is not ready");
  for (const part of [
    "prod-server-0",
    machine,
    ": it is not ready.",
    "openstack console log show prod-server-0",
    "moat:cluster.adminCidrs",
    "moat:cluster.dnsServers",
  ])
    expect(said).toContain(part);
});
