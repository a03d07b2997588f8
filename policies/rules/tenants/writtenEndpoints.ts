import type { Fields, Rule } from "../../rule";
import { sample } from "../../samples";

const endpoints = (fields: Fields) => sample("v1/Endpoints", fields);
const slice = (fields: Fields) =>
  sample("discovery.k8s.io/v1/EndpointSlice", {
    metadata: { labels: { "kubernetes.io/service-name": "sample" } },
    addressType: "IPv4",
    ports: [{ name: "metrics", port: 9100 }],
    ...fields,
  });
const address = { addresses: ["192.0.2.1"] };
const ports = [{ name: "metrics", port: 9100 }];

export const writtenEndpoints: Rule = {
  id: "T10b",
  title: "Addresses of Services are written by the cluster",
  why: "Addresses written by hand make another tenant's pod, or the metadata service, a target of the own Service.",
  severity: "critical",
  references: ["https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/"],
  scope: "tenants",
  platformMay: true,
  on: ["v1/Endpoints", "discovery.k8s.io/v1/EndpointSlice"],
  variables: {
    // Both lists may be there as null.
    subsets: "dyn(object).?subsets.orValue(null) == null ? [] : dyn(object).subsets",
    endpoints: "dyn(object).?endpoints.orValue(null) == null ? [] : dyn(object).endpoints",
  },
  validations: [
    {
      expression: `variables.subsets.all(s,
        size(s.?addresses.orValue([])) == 0 && size(s.?notReadyAddresses.orValue([])) == 0)`,
      message: "Leave the addresses to the cluster: give the Service a selector.",
    },
    {
      expression: "size(variables.endpoints) == 0",
      message: "Leave the endpoints to the cluster: give the Service a selector.",
    },
  ],
  samples: {
    good: [endpoints({}), endpoints({ subsets: [] }), slice({ endpoints: [] })],
    bad: [
      endpoints({ subsets: [{ addresses: [{ ip: "192.0.2.1" }], ports }] }),
      endpoints({ subsets: [{ notReadyAddresses: [{ ip: "192.0.2.1" }], ports }] }),
      slice({ endpoints: [address] }),
      slice({ endpoints: [{ ...address, targetRef: { kind: "Pod", name: "p", namespace: "beta" } }] }),
    ],
  },
};
