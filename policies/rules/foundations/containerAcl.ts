import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "openstack:objectstorage/container:Container";

/** Entries by referrer, which no login guards, and those for any project or any of its users. */
const everybody = "(^|,) *(\\\\.r:|\\\\.referrer:|\\\\.rlistings|\\\\*(:| *,| *$)|[^,]*:\\\\* *(,|$))";

export const containerAcl: Rule = {
  id: "S1j",
  title: "Swift containers name who may read and write",
  why: "An entry by referrer needs no login at all, and a * lets in every project of the cloud: both read all tenants' blocks.",
  severity: "critical",
  references: ["https://docs.openstack.org/swift/latest/overview_acl.html"],
  scope: "everywhere",
  on: [type],
  validations: ["containerRead", "containerWrite"].map((field) => ({
    expression: `!object.?${field}.orValue("").matches("${everybody}")`,
    message: `Name projects and users in ${field}, as <project>:<user>, or leave it out.`,
  })),
  samples: {
    good: [
      cloud(type, { name: "blocks" }),
      cloud(type, {
        name: "blocks",
        containerRead: "p1:thanos-store, p1:thanos-compact",
        containerWrite: "",
      }),
    ],
    bad: [
      cloud(type, { name: "blocks", containerRead: ".r:*" }),
      cloud(type, { name: "blocks", containerRead: "p1:thanos-store, .r:.example.org" }),
      cloud(type, { name: "blocks", containerRead: ".rlistings" }),
      cloud(type, { name: "blocks", containerRead: "*:*" }),
      cloud(type, { name: "blocks", containerWrite: "p1:thanos-store,p2:*" }),
      cloud(type, { name: "blocks", containerWrite: "*" }),
    ],
  },
};
