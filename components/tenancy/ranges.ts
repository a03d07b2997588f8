/** Address ranges that matter to walls. */

/** Addresses that only clouds and nodes use; a pod that reaches them may become its node. */
export const metadataService = "169.254.0.0/16";

/**
 * The EKS Pod Identity Agent on each node. Unlike the metadata service it knows which pod asks, and gives it the role of its service
 * account: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 */
export const podIdentityAgent = "169.254.170.23/32";

/** What is not the public internet (RFC 6890): pods, services, nodes, metadata. */
export const privateRanges = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  metadataService,
];
