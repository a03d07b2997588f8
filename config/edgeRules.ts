/** Rules for the edge's certificate and records. */
import { isIP, isIPv4 } from "node:net";
import { hostsOf } from "../components/edge/traefik";
import type { EdgeTlsConfig } from "./edgeTls";
import { flawsOf } from "./givenCertificate";
import type { Problem } from "./problems";
import type { Rule } from "./rules";

const isBelow = (domain: string, zone: string): boolean => `.${domain}`.endsWith(`.${zone}`);

const zoneHasTheDomain = (path: string, zone: string | undefined, domain: string | undefined): Problem[] =>
  zone === undefined || domain === undefined || isBelow(domain, zone)
    ? []
    : [
        {
          path,
          reason: `${domain} is not in the zone ${zone}`,
          mend: "name the zone that the domain of the edge is in, without a dot at its end",
        },
      ];

const designateHasOneZone: Rule = ({ dns, edge }) => {
  if (dns.kind !== "designate") return [];
  const { zone, zoneId } = dns;
  return (zone === undefined) === (zoneId === undefined)
    ? [
        {
          path: "moat:dns.zoneId",
          reason: zone === undefined ? "no zone is named" : "the zone is named twice, by `zone` too",
          mend: "set either `zoneId` or `zone`",
        },
      ]
    : zoneHasTheDomain("moat:dns.zone", zone, edge?.domain);
};

/** Records that we make need an address, and only a load balancer or the configuration has one. */
const recordsHaveAnAddress: Rule = ({ dns, edge }) => {
  if (edge?.service.type !== "nodePort") return [];
  if (dns.kind === "externalDns")
    return [
      {
        path: "moat:dns.kind",
        reason: "external-dns reads the address of a load balancer, and the edge has ports of nodes",
        mend: "set moat:edge.service.type to loadBalancer, or take another kind",
      },
    ];
  return dns.kind === "printed" || edge.addresses !== undefined
    ? []
    : [
        {
          path: "moat:edge.addresses",
          reason: "is missing: nobody says where the ports of the nodes are reached",
          mend: "list the addresses of the nodes, or of what stands before them",
        },
      ];
};

const addressesAreOfOneKind: Rule = ({ edge }) => {
  const addresses = edge?.addresses ?? [];
  const kinds = new Set(addresses.map((a) => (isIP(a) === 0 ? "name" : isIPv4(a) ? "IPv4" : "IPv6")));
  const names = addresses.filter((a) => isIP(a) === 0);
  const path = "moat:edge.addresses";
  if (kinds.size > 1 || names.length > 1)
    return [
      {
        path,
        reason: `one record cannot hold ${addresses.join(", ")}`,
        mend: "list IPv4 addresses only, IPv6 addresses only, or a single name",
      },
    ];
  return names
    .filter((name) => !/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name))
    .map((name) => ({
      path,
      reason: `"${name}" is neither an address nor a DNS name`,
      mend: "write 203.0.113.10 or lb.example.org",
    }));
};

type Acme = Extract<EdgeTlsConfig, { kind: "acme" }>;

const acme =
  (rule: (acme: Acme, config: Parameters<Rule>[0]) => Problem[]): Rule =>
  (config) =>
    config.edge?.tls.kind === "acme" ? rule(config.edge.tls, config) : [];

const authorityReachesPort80 = acme(({ challenge }, { edge }) =>
  challenge.type === "http01" && edge !== undefined && edge.httpPort !== 80
    ? [
        {
          path: "moat:edge.httpPort",
          reason: `the authority asks on port 80 and on no other, and this is ${edge.httpPort}`,
          mend: "leave it out, or take a challenge by DNS: `route53` or `designate`",
        },
      ]
    : [],
);

/** cert-manager lets an Issuer use the identity of its own pod only where it was started with a flag for it. */
const existingComesWithAKey = acme(({ challenge, certManager }) =>
  certManager === "existing" && challenge.type === "route53" && challenge.identity.type === "podIdentity"
    ? [
        {
          path: "moat:edge.tls.challenge.identity.type",
          reason: "a cert-manager that is there already does not lend its own identity",
          mend: "take accessKey, or have cert-manager installed",
        },
      ]
    : [],
);

/** The API server must know that the solver is cert-manager's to call, and whose account that is. */
const existingHasItsOwnSolvers = acme(({ challenge, certManager }) =>
  certManager === "existing" && challenge.type === "designate"
    ? [
        {
          path: "moat:edge.tls.challenge.type",
          reason: "the solver for Designate comes with a cert-manager of our own",
          mend: "have cert-manager installed, or take http01 or route53",
        },
      ]
    : [],
);

const challengeIsInTheZone = acme(({ challenge }, { edge }) =>
  challenge.type === "designate"
    ? zoneHasTheDomain("moat:edge.tls.challenge.zone", challenge.zone, edge?.domain)
    : [],
);

const givenCertificateServes: Rule = ({ edge, grafana }) =>
  edge?.tls.kind === "given"
    ? flawsOf(
        edge.tls.certificate,
        Object.values(hostsOf(edge.domain, { grafana: grafana.kind !== "none" })),
      ).map((flaw) => ({
        path: "moat:edge.tls.certificate",
        ...flaw,
      }))
    : [];

export const edgeRules: readonly Rule[] = [
  designateHasOneZone,
  recordsHaveAnAddress,
  addressesAreOfOneKind,
  authorityReachesPort80,
  existingComesWithAKey,
  existingHasItsOwnSolvers,
  challengeIsInTheZone,
  givenCertificateServes,
];
