/** Secrets have keys of their own at the top, so that they are encrypted in the file and never part of a plain object. */
import type { Problem } from "./problems";
import type { WellFormed } from "./shape";

/** Keys of an S3 service outside the cluster. */
export const secretKeys = {
  objectStoreAccessKey: "Access key of the S3 service. Secret",
  objectStoreSecretKey: "Secret key of the S3 service. Secret",
} as const;

export const isSecretKey = (key: string): boolean => Object.hasOwn(secretKeys, key);

/** Secrets that are set, by key: true when they are encrypted. Their values are of no concern here. */
export type GivenSecrets = Readonly<Record<string, boolean>>;

export function secretProblems({ objectStore }: WellFormed, given: GivenSecrets): Problem[] {
  return Object.keys(secretKeys).flatMap((key) => {
    const mend = `run \`pulumi config set --secret ${key}\` and type it when asked`;
    const encrypted = given[key];
    if (encrypted === false)
      return [
        { path: `moat:${key}`, reason: "is not encrypted", mend: `take it for known to others; ${mend}` },
      ];
    if (encrypted === undefined && objectStore?.kind === "s3")
      return [
        { path: `moat:${key}`, reason: `is missing, and ${objectStore.endpoint} will ask for it`, mend },
      ];
    return [];
  });
}
