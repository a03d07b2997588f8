import type { Rule } from "../../rule";
import { sample } from "../../samples";

/** How controllers are told to send plain HTTP away. */
const redirects = [
  ["nginx.ingress.kubernetes.io/ssl-redirect", "true"],
  ["nginx.ingress.kubernetes.io/force-ssl-redirect", "true"],
  ["traefik.ingress.kubernetes.io/router.entrypoints", "websecure"],
  ["haproxy.org/ssl-redirect", "true"],
  ["alb.ingress.kubernetes.io/ssl-redirect", "443"],
  ["kubernetes.io/ingress.allow-http", "false"],
] as const;

const redirected = redirects
  .map(([name, value]) => `variables.annotations[?"${name}"].orValue("") == "${value}"`)
  .join("\n        || ");

const annotations = { "traefik.ingress.kubernetes.io/router.entrypoints": "websecure" };
const backend = { service: { name: "edge", port: { number: 443 } } };
const http = { paths: [{ path: "/", pathType: "Prefix", backend }] };
const host = "metrics.example.org";
const tls = [{ hosts: [host], secretName: "edge" }];
const ingress = (spec: object, metadata: object = { annotations }) =>
  sample("networking.k8s.io/v1/Ingress", {
    metadata,
    spec: { rules: [{ host, http }], tls, ...spec },
  });

export const ingressTls: Rule = {
  id: "S2a",
  title: "An Ingress serves its hosts by TLS alone",
  why: "Over plain HTTP whoever listens on the way takes a tenant's token, and reads with it whatever the tenant may read.",
  severity: "high",
  references: [
    "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
    "https://kubernetes.github.io/ingress-nginx/user-guide/tls/#server-side-https-enforcement-through-redirect",
  ],
  scope: "everywhere",
  on: ["networking.k8s.io/v1/Ingress"],
  variables: {
    annotations: "object.metadata.?annotations.orValue({})",
    tlsHosts: `object.spec.?tls.orValue([]).filter(t, t.?secretName.orValue("") != "")
      .map(t, "," + t.?hosts.orValue([]).join(",") + ",").join("")`,
  },
  validations: [
    {
      expression: `!has(object.spec.defaultBackend)
        && object.spec.?rules.orValue([]).all(r, r.?host.orValue("") != "")`,
      message: "Give every rule a host, and leave spec.defaultBackend out: TLS needs a name.",
    },
    {
      expression: `object.spec.?rules.orValue([]).all(r,
        r.?host.orValue("") == "" || variables.tlsHosts.contains("," + r.host + ",")
        || variables.tlsHosts.contains(",*." + r.host.substring(r.host.indexOf(".") + 1) + ","))`,
      message: "Name every host of spec.rules in spec.tls, with the secret of its certificate.",
    },
    {
      expression: redirected,
      message:
        'Send plain HTTP away by the annotation of your controller, such as nginx.ingress.kubernetes.io/ssl-redirect: "true".',
    },
  ],
  samples: {
    good: [
      ingress({}),
      ...redirects.map(([name, value]) => ingress({}, { annotations: { [name]: value } })),
      ingress({
        rules: [
          { host, http },
          { host: "query.example.org", http },
        ],
        tls: [...tls, { hosts: ["logs.example.org", "query.example.org"], secretName: "query" }],
      }),
      ingress({ tls: [{ hosts: ["*.example.org"], secretName: "edge" }] }),
    ],
    bad: [
      ingress({ tls: [{ hosts: ["*.org"], secretName: "edge" }] }),
      ingress({ tls: [] }),
      ingress({ tls: [{ hosts: [host] }] }),
      ingress({ tls: [{ hosts: ["trics.example.org"], secretName: "edge" }] }),
      ingress({ rules: [{ http }] }),
      ingress({ defaultBackend: backend }),
      ingress({}, {}),
      ingress({}, { annotations: { "nginx.ingress.kubernetes.io/ssl-redirect": "false" } }),
    ],
  },
};
