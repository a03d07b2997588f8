/** Secrets have keys of their own at the top, so that they are encrypted in the file and never part of a plain object. */
import type { Problem } from "./problems";
import type { WellFormed } from "./shape";

/** Keys of services outside the cluster. */
export const secretKeys = {
  objectStoreAccessKey: "Access key of the S3 service, when `objectStore.kind` is `s3`. Secret",
  objectStoreSecretKey: "Secret key of the S3 service, when `objectStore.kind` is `s3`. Secret",
  grafanaDatabasePassword: "Password of Grafana's user, when `grafana.database.kind` is `postgres`. Secret",
  grafanaOidcClientSecret: "Secret of Grafana at the OpenID provider, when there is `grafana.oidc`. Secret",
  edgePrivateKey:
    "Private key in PEM to the certificate of the edge, when `edge.tls.kind` is `given`: `pulumi config set --secret edgePrivateKey < key.pem`. Secret",
} as const;

export type SecretKey = keyof typeof secretKeys;

export const isSecretKey = (key: string): boolean => Object.hasOwn(secretKeys, key);

/** Secrets that are set, by key: true when they are encrypted. Their values are of no concern here. */
export type GivenSecrets = Readonly<Record<string, boolean>>;

/** Who will ask for each secret, in an environment of that configuration. */
function askers({ objectStore, grafana, edge }: WellFormed): Partial<Record<SecretKey, string>> {
  const inCluster = grafana.kind === "inCluster" ? grafana : undefined;
  return {
    ...(objectStore?.kind === "s3" && {
      objectStoreAccessKey: objectStore.endpoint,
      objectStoreSecretKey: objectStore.endpoint,
    }),
    ...(inCluster?.database.kind === "postgres" && { grafanaDatabasePassword: inCluster.database.host }),
    ...(edge?.tls.kind === "given" && { edgePrivateKey: "the edge" }),
    ...(inCluster?.oidc && { grafanaOidcClientSecret: inCluster.oidc.tokenUrl }),
  };
}

export function secretProblems(config: WellFormed, given: GivenSecrets): Problem[] {
  const asked: Readonly<Record<string, string>> = askers(config);
  return Object.keys(secretKeys).flatMap((key) => {
    const mend = `run \`pulumi config set --secret ${key}\` and type it when asked`;
    const encrypted = given[key];
    const asker = asked[key];
    if (encrypted === false)
      return [
        { path: `moat:${key}`, reason: "is not encrypted", mend: `take it for known to others; ${mend}` },
      ];
    if (encrypted === undefined && asker !== undefined)
      return [{ path: `moat:${key}`, reason: `is missing, and ${asker} will ask for it`, mend }];
    return [];
  });
}
