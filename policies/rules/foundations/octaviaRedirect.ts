import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "openstack:loadbalancer/l7PolicyV2:L7PolicyV2";
const redirect = { listenerId: "http", action: "REDIRECT_TO_URL" };

export const octaviaRedirect: Rule = {
  id: "S2d",
  title: "Policies of OpenStack listeners redirect to TLS, or reject",
  why: "A policy that passes requests of a plain listener on to a pool sends tokens through the network for all to read.",
  severity: "high",
  references: ["https://docs.openstack.org/octavia/latest/user/guides/l7.html"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `object.action in ["REJECT", "REDIRECT_TO_URL", "REDIRECT_PREFIX"]`,
      message: "Set action to REDIRECT_TO_URL or REJECT: which program gets a request is the edge's to say.",
    },
    {
      expression: `!(object.action in ["REDIRECT_TO_URL", "REDIRECT_PREFIX"])
        || object.?redirectUrl.orValue(object.?redirectPrefix.orValue("")).startsWith("https://")`,
      message: "Redirect to an address that begins with https://.",
    },
  ],
  samples: {
    good: [
      cloud(type, { ...redirect, redirectUrl: "https://metrics.example.org/" }),
      cloud(type, { ...redirect, action: "REDIRECT_PREFIX", redirectPrefix: "https://metrics.example.org" }),
      cloud(type, { ...redirect, action: "REJECT" }),
    ],
    bad: [
      cloud(type, { ...redirect, redirectUrl: "http://metrics.example.org/" }),
      cloud(type, redirect),
      cloud(type, { ...redirect, action: "REDIRECT_TO_POOL", redirectPoolId: "edge" }),
    ],
  },
};
