/** S: storage, edge, state, and what everything stands on. */
import type { Rule } from "../../rule";
import { bucketAcl } from "./bucketAcl";
import { bucketEncryption } from "./bucketEncryption";
import { bucketKept } from "./bucketKept";
import { bucketPolicyPrincipals } from "./bucketPolicyPrincipals";
import { bucketPublicAccess } from "./bucketPublicAccess";
import { bucketTlsOnly } from "./bucketTlsOnly";
import { bucketVersions } from "./bucketVersions";
import { containerAcl } from "./containerAcl";
import { containerVersions } from "./containerVersions";
import { managedPolicies } from "./managedPolicies";
import { pinnedImages } from "./pinnedImages";
import { storageRights } from "./storageRights";

export const foundationRules: readonly Rule[] = [
  bucketPublicAccess,
  bucketAcl,
  bucketPolicyPrincipals,
  bucketTlsOnly,
  bucketEncryption,
  bucketVersions,
  bucketKept,
  storageRights,
  managedPolicies,
  containerAcl,
  containerVersions,
  pinnedImages,
];
