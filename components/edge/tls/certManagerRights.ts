/**
 * What cert-manager may do: upstream's rules, in the platform's namespace alone. Upstream's are for the whole cluster, every tenant's
 * secrets among them.
 */
import type { ChallengeConfig } from "../../../config/edgeTls";

const look = ["get", "list", "watch"];
const change = [...look, "update", "patch"];

export const certManagerRules = (challenge: ChallengeConfig["type"]) => [
  {
    apiGroups: ["cert-manager.io"],
    resources: ["issuers", "issuers/status", "certificates", "certificates/status"],
    verbs: change,
  },
  {
    apiGroups: ["cert-manager.io"],
    resources: ["certificaterequests", "certificaterequests/status"],
    verbs: [...change, "create", "delete"],
  },
  {
    apiGroups: ["acme.cert-manager.io"],
    resources: ["orders", "orders/status", "challenges", "challenges/status"],
    verbs: [...change, "create", "delete"],
  },
  // Where the API server asks for it before one object may own another.
  {
    apiGroups: ["cert-manager.io", "acme.cert-manager.io"],
    resources: [
      "issuers/finalizers",
      "certificates/finalizers",
      "certificaterequests/finalizers",
      "orders/finalizers",
      "challenges/finalizers",
    ],
    verbs: ["update"],
  },
  { apiGroups: [""], resources: ["secrets"], verbs: [...change, "create", "delete"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "update", "patch", "create"] },
  // It looks for these whatever the challenge is; only HTTP-01 makes any.
  { apiGroups: [""], resources: ["pods", "services"], verbs: made(challenge, ["create", "delete"]) },
  {
    apiGroups: ["networking.k8s.io"],
    resources: ["ingresses"],
    verbs: made(challenge, ["create", "delete", "update"]),
  },
];

const made = (challenge: ChallengeConfig["type"], verbs: readonly string[]): string[] =>
  challenge === "http01" ? [...look, ...verbs] : look;
