import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const route53 = "aws:route53/record:Record";
const designate = "openstack:dns/recordSet:RecordSet";

/** Addresses that mean another machine for everyone who asks: this host, its link, the metadata service; none at all. */
const local = "^(0\\\\.|127\\\\.|169\\\\.254\\\\.|::1?$|[fF][eE][89abAB][0-9a-fA-F]:|[fF][dD]00:[eE][cC]2:)";

export const records: Rule = {
  id: "S2f",
  title: "Records name one host, and a machine that others can reach",
  why: "A wildcard makes every invented name look like the platform's own; a name for a local address leads clients around filters that go by names.",
  severity: "medium",
  references: [
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html#domain-name-format-asterisk",
    "https://docs.openstack.org/designate/latest/user/manage-recordsets.html",
  ],
  scope: "everywhere",
  on: [route53, designate],
  // The address of the edge is the cloud's to choose.
  knownLater: ["records"],
  validations: [
    {
      expression: `!object.?name.orValue("").startsWith("*") && !object.?name.orValue("").startsWith("\\\\052")`,
      message: "Write a record for each host instead of a wildcard.",
    },
    {
      expression: `!(object.?type.orValue("A") in ["A", "AAAA"])
        || object.?records.orValue([]).all(r, !r.matches("${local}"))`,
      message: "Point the record at the edge: not at a loopback, link-local or metadata address.",
    },
  ],
  samples: {
    good: [
      cloud(route53, { zoneId: "z", name: "metrics.example.org", type: "A", records: ["192.0.2.10"] }),
      cloud(route53, { zoneId: "z", name: "query", type: "A", aliases: [{ name: "lb", zoneId: "z" }] }),
      cloud(designate, { zoneId: "z", name: "metrics.example.org.", type: "A", records: ["10.20.0.10"] }),
      cloud(designate, { zoneId: "z", name: "example.org.", type: "TXT", records: ['"127.0.0.1"'] }),
    ],
    bad: [
      cloud(route53, { zoneId: "z", name: "*.example.org", type: "A", records: ["192.0.2.10"] }),
      cloud(designate, {
        zoneId: "z",
        name: "*.example.org.",
        type: "CNAME",
        records: ["edge.example.org."],
      }),
      cloud(route53, { zoneId: "z", name: "a.example.org", type: "A", records: ["169.254.169.254"] }),
      cloud(designate, {
        zoneId: "z",
        name: "a.example.org.",
        type: "A",
        records: ["192.0.2.1", "127.0.0.1"],
      }),
      cloud(designate, { zoneId: "z", name: "a.example.org.", type: "AAAA", records: ["::1"] }),
    ],
  },
};
