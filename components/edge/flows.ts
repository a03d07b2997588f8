/** What the edge's certificates and records need of the network: lines of the platform's table of flows. */
import type { EnvironmentConfig } from "../../config";
import type { ChallengeConfig } from "../../config/edgeTls";
import type { AwsIdentityConfig } from "../../config/fields";
import { edgePrograms, ports, programs } from "../names";
import { apiPorts, type Flow, flow, type Source } from "../tenancy/flow";

const { edge, platformPrometheus } = programs;
const { certManager, acmeSolver, designateSolver, externalDns } = edgePrograms;

export interface EdgeFlowsConfig {
  readonly tls: EnvironmentConfig["edge"]["tls"];
  readonly dns: EnvironmentConfig["dns"];
}

export const edgeFlows = ({ tls, dns }: EdgeFlowsConfig): readonly Flow[] => [
  ...(tls.kind === "acme" ? acmeFlows(tls) : []),
  ...(dns.kind === "externalDns" && dns.install !== undefined ? externalDnsFlows(dns.install.identity) : []),
];

type Acme = Extract<EdgeFlowsConfig["tls"], { kind: "acme" }>;

const acmeFlows = ({ certManager: whose, server, challenge }: Acme): Flow[] => [
  // The authority's question comes through the edge; who answers it says nothing else to anybody.
  ...(challenge.type === "http01" ? flow(edge, acmeSolver, ports.acmeSolver) : []),
  ...(challenge.type === "designate" ? designateFlows(challenge) : []),
  ...(whose === "installed"
    ? [
        ...flow(certManager, "kubernetesApi", ...apiPorts()),
        ...flow(certManager, "dns", 53),
        ...flow(platformPrometheus, certManager, ports.certManagerMetrics),
        ...flow(certManager, "internet", portOf(server)),
        ...(challenge.type === "http01" ? ownQuestion() : []),
        ...(challenge.type === "route53" ? awsFlows(certManager, challenge.identity) : []),
      ]
    : []),
];

/** Before it calls the authority, cert-manager asks itself: by the public address, which most networks turn into the edge's own. */
const ownQuestion = (): Flow[] => [
  ...flow(certManager, "internet", 80),
  ...flow(certManager, edge, ports.edgeHttp),
];

type Designate = Extract<ChallengeConfig, { type: "designate" }>;

/** The API server passes cert-manager's calls on to it, and answers whether they are genuine. */
const designateFlows = ({ authUrl, endpoint }: Designate): Flow[] => [
  ...flow("kubernetesApi", designateSolver, ports.designateSolver),
  ...flow(designateSolver, "kubernetesApi", ...apiPorts()),
  ...flow(designateSolver, "dns", 53),
  ...flow(designateSolver, "internet", ...new Set([authUrl, endpoint].map(portOf))),
];

const externalDnsFlows = (identity: AwsIdentityConfig): Flow[] => [
  ...flow(externalDns, "kubernetesApi", ...apiPorts()),
  ...flow(externalDns, "dns", 53),
  ...flow(platformPrometheus, externalDns, ports.externalDns),
  ...awsFlows(externalDns, identity),
];

const awsFlows = (program: Source, identity: AwsIdentityConfig): Flow[] => [
  ...flow(program, "internet", 443),
  ...(identity.type === "podIdentity" ? flow(program, "podIdentityAgent", 80) : []),
];

/** Port of `https://host:port/path`. */
function portOf(url: string): number {
  const { port } = new URL(url);
  return port === "" ? 443 : Number(port);
}
