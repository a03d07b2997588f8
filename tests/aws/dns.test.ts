/** The records of the component in a zone of Route 53, as moto plays it. */
import { Dns } from "../../components/edge/dns/dns";
import { recordsOf } from "../../components/edge/dns/records";
import { playedAws } from "./support/played";
import { madeOnMoto } from "./support/provider";
import { recordsIn, zoneOf } from "./support/zones";

// moto does not understand signatures of Route 53's clients.
const aws = playedAws({ checkCallers: false });

test.each([
  ["each host, by addresses", "v4", "perHost", ["203.0.113.10", "203.0.113.11"]],
  ["each host, by addresses of the newer kind", "v6", "perHost", ["2001:db8::10"]],
  ["each host, by a name", "name", "perHost", ["edge.elb.eu-central-1.amazonaws.com"]],
  ["all hosts at once", "wild", "wildcard", ["203.0.113.10"]],
] as const)("records of %s stand in the zone", async (_, label, names, addresses) => {
  const domain = `${label}.example`;
  const zoneId = await zoneOf(aws.boto, domain);
  const config = { kind: "route53", zoneId, names, ttl: 300 } as const;
  await madeOnMoto(aws.boto, () => {
    new Dns("dns", {
      domain,
      config,
      addresses,
      namespace: "moat-system",
      size: "small",
      clusterName: "prod",
    });
  });
  const wanted = recordsOf(domain, config, addresses).map((record) => ({ ...record, alias: false }));
  const made = await recordsIn(aws.boto, zoneId);
  expect(made).toHaveLength(wanted.length);
  expect(made).toEqual(expect.arrayContaining(wanted));
});

test("a zone of another name takes none of them", async () => {
  const zoneId = await zoneOf(aws.boto, "elsewhere.example");
  const config = { kind: "route53", zoneId, names: "perHost", ttl: 300 } as const;
  const build = () => {
    new Dns("dns", {
      domain: "here.example",
      config,
      addresses: ["203.0.113.10"],
      namespace: "moat-system",
      size: "small",
      clusterName: "prod",
    });
  };
  await expect(madeOnMoto(aws.boto, build)).rejects.toThrow(/not permitted in zone/);
});
