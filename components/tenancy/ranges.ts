/** Address ranges that matter to walls. */

/** Addresses that only clouds and nodes use; a pod that reaches them may become its node. */
export const metadataService = "169.254.0.0/16";

/** What is not the public internet (RFC 6890): pods, services, nodes, metadata. */
export const privateRanges = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  metadataService,
];
