import type { Fields, Rule } from "../../rule";
import { sample } from "../../samples";

const type = "kubernetes.io/service-account-token";

const secret = (fields: Fields) => sample("v1/Secret", { data: {}, ...fields });
const tokenOf = (account: string) =>
  secret({ metadata: { annotations: { "kubernetes.io/service-account.name": account } }, type });

export const lastingTokens: Rule = {
  id: "T11c",
  title: "Tenants take no lasting tokens of accounts",
  why: "Kubernetes writes a token that never ends into such a Secret: who reads it once speaks as the account from anywhere, even when its own rights are gone.",
  severity: "high",
  references: [
    "https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token",
    "https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
  ],
  scope: "tenants",
  platformMay: true,
  on: ["v1/Secret"],
  validations: [
    {
      expression: `object.?type.orValue("") != "${type}"`,
      message: `Leave the type ${type} out: a pod gets a token of its account by itself, and has it renewed.`,
    },
  ],
  samples: {
    good: [
      secret({}),
      secret({ type: "Opaque" }),
      secret({ type: "kubernetes.io/basic-auth", stringData: { username: "u", password: "p" } }),
    ],
    bad: [tokenOf("default"), tokenOf("metrics-reader")],
  },
};
