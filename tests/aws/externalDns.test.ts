/**
 * external-dns with the arguments, the key and the rights that the component gives it, on Route 53 as moto plays it. Only the part of it that
 * watches the cluster is not there: the edge's Service is handed to it.
 */
import { isIP } from "node:net";
import { z } from "zod";
import {
  ExternalDns,
  type ExternalDnsArgs,
  externalDns,
  externalDnsAnnotations,
} from "../../components/edge/dns/externalDns";
import { recordNames } from "../../components/edge/dns/records";
import { edgePrograms } from "../../components/names";
import { externalDnsProgram } from "../../toolchain/artefacts";
import type { AwsRequest } from "../../toolchain/aws/moto";
import { program } from "../../toolchain/paths";
import { must } from "../../toolchain/shell";
import { playedAws } from "./support/played";
import { madeOnMoto } from "./support/provider";
import { actionsOf, allows, askedOfRoute53 } from "./support/rights";
import { addRecord, recordsIn, zoneOf } from "./support/zones";

const ttl = 300;
// moto does not understand signatures of Route 53's clients, nor which zone they mean. Here every request is judged afterwards.
const aws = playedAws({ checkCallers: false });

const balancer = "edge-0123456789.eu-central-1.elb.amazonaws.com";
const addresses = ["203.0.113.10", "203.0.113.11"];
const shapes = [
  ["each host, by addresses", "hosts", "perHost", addresses],
  ["each host, by the name of a load balancer", "balanced", "perHost", [balancer]],
  ["each host, by addresses of both kinds", "both", "perHost", [...addresses, "2001:db8::10"]],
  ["all hosts at once", "wild", "wildcard", addresses],
  ["all hosts at once, by the name of a load balancer", "wild-balanced", "wildcard", [balancer]],
] as const;

describe.each(shapes)("records of %s", (_, label, names, targets) => {
  const domain = `${label}.example`;
  const hosts = recordNames(domain, names);
  let run: (services: readonly Service[]) => Promise<AwsRequest[]>;
  let zone: string;
  let policy: unknown;
  let keyId: string;

  beforeAll(async () => {
    zone = await zoneOf(aws.boto, domain);
    const args: ExternalDnsArgs = {
      namespace: "moat-system",
      clusterName: `prod-${label}`,
      domain,
      names,
      install: { zoneId: zone, identity: { type: "accessKey" } },
      size: "small",
    };
    const { secrets } = await madeOnMoto(aws.boto, () => void new ExternalDns("dns", args));
    const key = keys.parse(secrets.get(edgePrograms.externalDns));
    const rights = { UserName: `${args.clusterName}-edge-records`, PolicyName: "records" };
    policy = (await aws.boto.call("iam", "get_user_policy", rights)).PolicyDocument;
    keyId = key.id;
    const given: string[] = [];
    const [container] = externalDns(args, { account: "account", secret: "secret" }).containers;
    for (const arg of container?.args ?? []) if (typeof arg === "string") given.push(arg);
    const env = {
      ...process.env,
      ...aws.moto.env,
      AWS_REGION: String(container?.env?.AWS_REGION),
      AWS_ACCESS_KEY_ID: key.id,
      AWS_SECRET_ACCESS_KEY: key.secret,
    };
    run = (items) =>
      aws.moto.during(async () => {
        const input = JSON.stringify({ items });
        await must(program(externalDnsProgram.name), given, { env, input });
      });
  });

  /** The edge's Service, with the annotations that the component gives it. */
  const service = (of = domain): Service => ({
    metadata: {
      name: "edge",
      namespace: "moat-system",
      annotations: externalDnsAnnotations(of, { kind: "externalDns", names, ttl }),
    },
    status: {
      loadBalancer: { ingress: targets.map((t) => (isIP(t) === 0 ? { hostname: t } : { ip: t })) },
    },
  });
  const refused = (requests: readonly AwsRequest[]) =>
    requests.map(askedOfRoute53).filter((asked) => !allows(policy, asked));

  test("are made, each with one that says whose it is", async () => {
    const requests = await run([service()]);
    const made = await recordsIn(aws.boto, zone);
    expect(new Set(made.filter((r) => r.type !== "TXT").map((r) => r.name))).toEqual(new Set(hosts));
    for (const record of made.filter((r) => r.type !== "TXT" && !r.alias)) expect(record.ttl).toBe(ttl);
    const owners = made.filter((r) => r.type === "TXT");
    expect(owners.length).toBe(made.length - owners.length);
    for (const { values } of owners) expect(values.join()).toContain(`external-dns/owner=prod-${label}`);
    expect(refused(requests)).toEqual([]);
    expect(new Set(requests.map((r) => r.accessKey))).toEqual(new Set([keyId]));
    // Nothing is missing in its rights, and nothing is too much.
    expect(new Set(requests.map(askedOfRoute53).map((r) => r.action))).toEqual(new Set(actionsOf(policy)));
  });

  test("stay as they are the next time", async () => {
    const before = await recordsIn(aws.boto, zone);
    const requests = await run([service()]);
    expect(await recordsIn(aws.boto, zone)).toEqual(before);
    expect(refused(requests)).toEqual([]);
  });

  test("go with the Service, and nobody else's do", async () => {
    const mail = { name: `mail.${domain}`, type: "A", ttl: 60, values: ["198.51.100.1"], alias: false };
    const claimed = { ...mail, name: `claimed.${domain}` };
    const claim = {
      ...claimed,
      name: `a-claimed.${domain}`,
      type: "TXT",
      values: ['"heritage=external-dns,external-dns/owner=somebody"'],
    };
    for (const record of [mail, claimed, claim]) await addRecord(aws.boto, zone, record);
    const requests = await run([]);
    const left = await recordsIn(aws.boto, zone);
    expect(left).toHaveLength(3);
    expect(left).toEqual(expect.arrayContaining([mail, claimed, claim]));
    expect(refused(requests)).toEqual([]);
  });

  test("under other names in the zone are not allowed to it", async () => {
    const requests = await run([service(`other.${domain}`)]);
    expect(await recordsIn(aws.boto, zone)).not.toHaveLength(3);
    expect(refused(requests).map((r) => r.action)).toEqual(["route53:ChangeResourceRecordSets"]);
  });
});

interface Service {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly status: { readonly loadBalancer: { readonly ingress: readonly object[] } };
}

const keys = z.object({ id: z.string(), secret: z.string() });
