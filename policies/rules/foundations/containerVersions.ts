import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "openstack:objectstorage/container:Container";

export const containerVersions: Rule = {
  id: "S1k",
  title: "Swift containers keep versions",
  why: "Whoever holds a component's key, or a compactor gone wrong, deletes the history of all tenants for good.",
  severity: "medium",
  references: ["https://docs.openstack.org/swift/latest/middleware.html#object-versioning"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: "object.?versioning.orValue(false) == true || object.?versioningLegacy.hasValue()",
      message: "Set versioning to true, and let old versions expire after some days.",
    },
  ],
  samples: {
    good: [
      cloud(type, { name: "blocks", versioning: true }),
      cloud(type, { name: "blocks", versioningLegacy: { type: "history", location: "blocks-versions" } }),
    ],
    bad: [
      cloud(type, { name: "blocks" }),
      cloud(type, { name: "blocks", versioning: false }),
      cloud(type, { name: "blocks", metadata: { versioning: "true" } }),
    ],
  },
};
