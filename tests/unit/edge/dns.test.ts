/** Records: which there are, where they lead, and who makes them. */
import { isIPv4, isIPv6 } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { edgeAddresses } from "../../../components/edge/dns/addresses";
import { Dns, type DnsArgs } from "../../../components/edge/dns/dns";
import {
  labelOf,
  recordNames,
  recordsOf,
  recordType,
  recordValues,
} from "../../../components/edge/dns/records";
import { hostsOf } from "../../../components/edge/traefik";
import type { DnsConfig } from "../../../config/dns";
import { dnsLabel } from "../../support/arbitraries";
import { violationsIn } from "../../support/judged";
import { type Made, madeBy, ofType } from "../../support/mocks";
import { settled } from "../../support/settled";

const domain = "moat.example";
const form = { names: "perHost", ttl: 300 } as const;
const hosts = Object.values(hostsOf(domain));

const anyDomain = fc.array(dnsLabel(20), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
const anyName = anyDomain.filter((name) => !isIPv4(name));
const anyAddresses = fc.oneof(
  fc.array(fc.ipV4(), { minLength: 1, maxLength: 4 }),
  fc.array(fc.ipV6(), { minLength: 1, maxLength: 4 }),
  fc.tuple(anyName),
);

describe("records", () => {
  test("there is one for each host, or one for all", () => {
    expect(recordNames(domain, "perHost")).toEqual(hosts);
    expect(recordNames(domain, "wildcard")).toEqual(["*.moat.example"]);
  });

  test.each(["localhost", "moat.localhost"])("none for %s, which every resolver answers itself", (local) => {
    expect(recordNames(local, "perHost")).toEqual([]);
    expect(recordNames("notlocalhost", "wildcard")).toEqual(["*.notlocalhost"]);
  });

  test("every host of the edge is found, by a record of its own or below the wildcard, whatever the domain", () => {
    fc.assert(
      fc.property(anyDomain, (any) => {
        expect(new Set(recordNames(any, "perHost"))).toEqual(new Set(Object.values(hostsOf(any))));
        for (const host of Object.values(hostsOf(any))) {
          const [, ...below] = host.split(".");
          expect(recordNames(any, "wildcard")).toEqual([`*.${below.join(".")}`]);
        }
      }),
    );
  });

  test.each([
    [["203.0.113.7"], "A", ["203.0.113.7"]],
    [["2001:db8::7"], "AAAA", ["2001:db8::7"]],
    [["lb.example.org"], "CNAME", ["lb.example.org"]],
    // Of a load balancer with two families
    [["2001:db8::7", "203.0.113.7"], "A", ["203.0.113.7"]],
    [[], "A", []],
  ])("%j are %s records with %j", (addresses, type, values) => {
    expect(recordType(addresses)).toBe(type);
    expect(recordValues(addresses)).toEqual(values);
  });

  test("values are of the record's type, none is made up, and a name stands alone", () => {
    fc.assert(
      fc.property(anyAddresses, (addresses) => {
        const values = recordValues(addresses);
        expect(values.length).toBeGreaterThan(0);
        for (const value of values) expect(addresses).toContain(value);
        switch (recordType(addresses)) {
          case "A":
            return expect(values.every((v) => isIPv4(v))).toBe(true);
          case "AAAA":
            return expect(values.every((v) => isIPv6(v))).toBe(true);
          case "CNAME":
            return expect(values).toHaveLength(1);
        }
      }),
    );
  });

  test("their resources have names of their own, without a star", () => {
    fc.assert(
      fc.property(anyDomain, (any) => {
        const labels = recordNames(any, "perHost").map(labelOf);
        expect(new Set(labels).size).toBe(labels.length);
      }),
    );
    expect(labelOf("*.moat.example")).toBe("wildcard");
  });
});

async function laid(config: DnsConfig, addresses: DnsArgs["addresses"] = ["203.0.113.7"]) {
  let dns: Dns | undefined;
  const made = await madeBy(() => {
    dns = new Dns("dns", {
      domain,
      config,
      addresses,
      namespace: "platform",
      size: "small",
      clusterName: "test",
    });
  });
  return { made: made.filter((m) => m.custom), missing: await settled(dns?.missing ?? []) };
}

const inputsOf = (made: readonly Made[], type: string) => ofType(made, type).map((m) => m.inputs);

describe("printed", () => {
  test("makes nothing, and tells a human all", async () => {
    const { made, missing } = await laid({ kind: "printed", ...form });
    expect(made).toEqual([]);
    expect(missing).toEqual(hosts.map((name) => ({ name, type: "A", values: ["203.0.113.7"], ttl: 300 })));
  });

  test("has no value where nobody told an address", () => {
    expect(recordsOf(domain, form, [])[0]).toEqual({ name: hosts[0], type: "A", values: [], ttl: 300 });
  });
});

describe("route53", () => {
  const config = { kind: "route53", zoneId: "Z0123456789", ...form } as const;

  test("makes a record for each host, which lead to the load balancer", async () => {
    const { made, missing } = await laid(config, pulumi.output(["lb.eu.elb.amazonaws.com"]));
    expect(inputsOf(made, "aws:route53/record:Record")).toEqual(
      hosts.map((name) => ({
        name,
        zoneId: "Z0123456789",
        type: "CNAME",
        records: ["lb.eu.elb.amazonaws.com"],
        ttl: 300,
      })),
    );
    expect(missing).toEqual([]);
    expect(violationsIn(made)).toEqual([]);
  });

  test("a wildcard is one record, and the pack wants an exception for it", async () => {
    const { made } = await laid({ ...config, names: "wildcard" });
    expect(made.map((m) => m.name)).toEqual(["dns-wildcard"]);
    expect(violationsIn(made)).toEqual([expect.stringContaining("instead of a wildcard")]);
  });
});

describe("designate", () => {
  const config = { kind: "designate", ...form } as const;
  const zoneId = "3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f";

  test("makes a record for each host, in names that end with a dot", async () => {
    const { made } = await laid({ ...config, zoneId, region: "r1" });
    expect(inputsOf(made, "openstack:dns/recordSet:RecordSet")).toMatchObject(
      hosts.map((name) => ({
        name: `${name}.`,
        zoneId,
        region: "r1",
        type: "A",
        records: ["203.0.113.7"],
        ttl: 300,
      })),
    );
    expect(violationsIn(made)).toEqual([]);
  });

  test("a name that is a value ends with a dot as well", async () => {
    const { made } = await laid({ ...config, zoneId }, ["lb.example.org"]);
    expect(inputsOf(made, "openstack:dns/recordSet:RecordSet")).toMatchObject(
      hosts.map(() => ({ type: "CNAME", records: ["lb.example.org."] })),
    );
  });

  test("looks a zone up by its name", async () => {
    const { made } = await laid({ ...config, zone: "moat.example" });
    // The mock of a look-up answers with what it was asked.
    expect(made).toHaveLength(hosts.length);
  });
});

test("with external-dns nothing is made here and nothing is left to do", async () => {
  expect(await laid({ kind: "externalDns", ...form })).toEqual({ made: [], missing: [] });
});

describe("addresses", () => {
  const ofLoadBalancer = pulumi.output(["198.51.100.1"]);
  const ofCluster = [pulumi.output("203.0.113.9")];

  test("of the configuration come first, then those of machines, then those of the Service", async () => {
    const configured = ["192.0.2.1"];
    expect(await settled(edgeAddresses({ configured, ofCluster, ofLoadBalancer }))).toEqual(configured);
    expect(await settled(edgeAddresses({ ofCluster, ofLoadBalancer }))).toEqual(["203.0.113.9"]);
    expect(await settled(edgeAddresses({ ofCluster: [], ofLoadBalancer }))).toEqual(["198.51.100.1"]);
  });
});
