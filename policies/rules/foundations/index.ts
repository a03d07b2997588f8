/** S: storage, edge, state, and what everything stands on. */
import type { Rule } from "../../rule";
import { apiListener } from "./apiListener";
import { awsIngress } from "./awsIngress";
import { awsIngressRules } from "./awsIngressRules";
import { bucketAcl } from "./bucketAcl";
import { bucketEncryption } from "./bucketEncryption";
import { bucketKept } from "./bucketKept";
import { bucketPolicyPrincipals } from "./bucketPolicyPrincipals";
import { bucketPublicAccess } from "./bucketPublicAccess";
import { bucketTlsOnly } from "./bucketTlsOnly";
import { bucketVersions } from "./bucketVersions";
import { containerAcl } from "./containerAcl";
import { containerVersions } from "./containerVersions";
import { eksEndpoint } from "./eksEndpoint";
import { ingressTls } from "./ingressTls";
import { instanceMetadata } from "./instanceMetadata";
import { listenerTls } from "./listenerTls";
import { magnumApi } from "./magnumApi";
import { managedPolicies } from "./managedPolicies";
import { metadataEgress } from "./metadataEgress";
import { octaviaListener } from "./octaviaListener";
import { octaviaPool } from "./octaviaPool";
import { octaviaRedirect } from "./octaviaRedirect";
import { openstackGroups } from "./openstackGroups";
import { openstackIngress } from "./openstackIngress";
import { pinnedImages } from "./pinnedImages";
import { records } from "./records";
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
  ingressTls,
  listenerTls,
  octaviaListener,
  octaviaRedirect,
  octaviaPool,
  records,
  pinnedImages,
  metadataEgress,
  instanceMetadata,
  openstackIngress,
  openstackGroups,
  awsIngress,
  awsIngressRules,
  eksEndpoint,
  apiListener,
  magnumApi,
];
