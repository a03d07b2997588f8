import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { names } from "./parts";

const type = "openstack:loadbalancer/listener:Listener";
const https = {
  loadbalancerId: "edge",
  protocol: "TERMINATED_HTTPS",
  protocolPort: 443,
  defaultTlsContainerRef: "https://keys.example.org/v1/secrets/edge",
  defaultPoolId: "edge",
};
const plain = { loadbalancerId: "edge", protocol: "HTTP", protocolPort: 80 };
const tcp = { ...plain, protocol: "TCP", protocolPort: 443, defaultPoolId: "edge" };

export const octaviaListener: Rule = {
  id: "S2c",
  title: "Listeners of OpenStack load balancers speak TLS 1.2 or later",
  why: "Over plain HTTP, or a TLS that can be broken, whoever listens on the way takes a tenant's token.",
  severity: "high",
  references: [
    "https://docs.openstack.org/octavia/latest/user/guides/basic-cookbook.html#deploy-a-tls-terminated-https-load-balancer",
  ],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      // TCP and HTTPS are passed on as they are: on these ports the edge and the API server speak TLS themselves.
      expression: `object.protocol in ["TERMINATED_HTTPS", "HTTPS", "HTTP"]
        || object.protocol == "TCP" && object.protocolPort in [443, 6443]`,
      message:
        "Set protocol to TERMINATED_HTTPS; or to HTTPS, or TCP on port 443, where the program behind it speaks TLS.",
    },
    {
      // Without a list Octavia takes its own, which is of these two.
      expression: `object.?tlsVersions.orValue([]).all(v, v in ["TLSv1.2", "TLSv1.3"])`,
      message: "Leave all but TLSv1.2 and TLSv1.3 out of tlsVersions.",
    },
    {
      // Whoever has no pool passes nothing on; what its policies do is said by S2d.
      expression: `object.protocol != "HTTP" || !${names("defaultPoolId")}`,
      message:
        "Leave defaultPoolId out of a listener of HTTP, and give it a policy with REDIRECT_TO_URL to an https address.",
    },
  ],
  samples: {
    good: [
      cloud(type, https),
      cloud(type, { ...https, tlsVersions: ["TLSv1.2", "TLSv1.3"] }),
      cloud(type, { ...https, protocol: "HTTPS", defaultTlsContainerRef: undefined }),
      cloud(type, plain),
      cloud(type, tcp),
    ],
    bad: [
      cloud(type, { ...plain, defaultPoolId: "edge" }),
      cloud(type, { ...https, tlsVersions: ["TLSv1.1", "TLSv1.2"] }),
      cloud(type, { ...https, tlsVersions: ["SSLv3"] }),
      cloud(type, { ...tcp, protocolPort: 9090 }),
      cloud(type, { ...plain, protocol: "PROMETHEUS", protocolPort: 8088 }),
    ],
  },
};
