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
import { diskClasses } from "./diskClasses";
import { diskTemplates } from "./diskTemplates";
import { diskVolumes } from "./diskVolumes";
import { dockerEnvironment } from "./dockerEnvironment";
import { dockerImages } from "./dockerImages";
import { dockerPorts } from "./dockerPorts";
import { dockerPrivileges } from "./dockerPrivileges";
import { eksAccess } from "./eksAccess";
import { eksAudit } from "./eksAudit";
import { eksEndpoint } from "./eksEndpoint";
import { eksNetworkPolicies } from "./eksNetworkPolicies";
import { eksSecrets } from "./eksSecrets";
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
import { podHost } from "./podHost";
import { podPrivileges } from "./podPrivileges";
import { podRootFilesystem } from "./podRootFilesystem";
import { podSecurityStandard } from "./podSecurityStandard";
import { podUsers } from "./podUsers";
import { records } from "./records";
import { secretsInConfigMaps } from "./secretsInConfigMaps";
import { secretsInEnvironment } from "./secretsInEnvironment";
import { secretsInUserData } from "./secretsInUserData";
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
  diskVolumes,
  diskTemplates,
  diskClasses,
  ingressTls,
  listenerTls,
  octaviaListener,
  octaviaRedirect,
  octaviaPool,
  records,
  pinnedImages,
  secretsInEnvironment,
  secretsInConfigMaps,
  dockerImages,
  dockerEnvironment,
  secretsInUserData,
  metadataEgress,
  instanceMetadata,
  openstackIngress,
  openstackGroups,
  awsIngress,
  awsIngressRules,
  dockerPorts,
  podUsers,
  podPrivileges,
  podHost,
  podRootFilesystem,
  podSecurityStandard,
  dockerPrivileges,
  eksEndpoint,
  apiListener,
  magnumApi,
  eksSecrets,
  eksAccess,
  eksAudit,
  eksNetworkPolicies,
];
