/** Which versions of Kubernetes the platform runs on. Pure. */
import { versions } from "../versions";
import type { Problem } from "./problems";

/** The first minor version with ValidatingAdmissionPolicy as v1: it holds tenants to the rules, and nothing else here is younger. */
export const oldestMinor = 30;

/** Minor version of `v1.34.4`, `1.34.4+k3s1`, `v1.34.4-eks-1`; undefined when it is no version 1. */
function minorOf(version: string): number | undefined {
  const [, minor] = /^v?1\.(\d+)(\D|$)/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}

/** The minor version that everything here is tried on. */
export const triedMinor = minorOf(versions.kubernetes) ?? oldestMinor;

/** Why a version is too old; undefined when it is not. */
export function whyTooOld(version: string): Pick<Problem, "reason" | "mend"> | undefined {
  const minor = minorOf(version);
  if (minor !== undefined && minor >= oldestMinor) return undefined;
  return {
    reason: `Kubernetes ${version} is older than 1.${oldestMinor}, which brought the admission policies that hold tenants to the rules`,
    mend: `take 1.${oldestMinor} or later; 1.${triedMinor} is tried`,
  };
}

/** Whether nobody has tried the platform on so late a version. Kinds of version v1 stay, so it will most likely do. */
export const isUntried = (version: string): boolean => (minorOf(version) ?? 0) > triedMinor;
