import { gatewayAudience, metricsPermission, namespaceHeader, tenantLabel } from "../../../components/names";
import { queryGuard } from "../../programSamples";
import {
  allValues,
  givenAs,
  hasFlag,
  loopback,
  podKinds,
  podVariables,
  queryGuardLines,
} from "../../programs";
import type { Rule } from "../../rule";
import { deployment } from "../../samples";

/** Hosts that are this pod or a Service of the cluster: `name` or `name.namespace.svc`. */
const ownHost = `(${loopback}|[a-z0-9-]+(\\.[a-z0-9-]+\\.svc(\\.[a-z0-9-]+)*)?)`;

const alone = (...args: readonly string[]) => deployment(queryGuard(...args));
const queries = "--query-url=http://thanos-query.moat-system.svc:10902";
const ranges = "--frontend-url=http://thanos-query-frontend.moat-system.svc:10902";
const permission = `${metricsPermission.resource}/${metricsPermission.subresource}`;

export const queryGuardPlace: Rule = {
  id: "Q2d",
  title: "The query guard asks its own cluster, for tokens and a right that are meant for it",
  why: "Told by another API server who it is, or by tokens of other programs, or for a right that many have, a client reads any tenant's series.",
  severity: "critical",
  references: [
    "https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/",
    "https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/",
  ],
  scope: "everywhere",
  on: podKinds,
  variables: { ...podVariables, guards: queryGuardLines },
  validations: [
    {
      expression: `variables.guards.all(line, ${["api-server", "api-ca", "api-token"]
        .map((flag) => `!${hasFlag("line", flag)}`)
        .join(" && ")})`,
      message: "Leave --api-server, --api-ca and --api-token out: the pod's own cluster is asked.",
    },
    {
      expression: `variables.guards.all(line, ${allValues("line", "audience", gatewayAudience)})`,
      message: `Let --audience be ${gatewayAudience}, which no other program's tokens have.`,
    },
    {
      expression: `variables.guards.all(line, ${allValues("line", "permission", permission)})`,
      message: `Let --permission be ${permission}, which readers of a tenant are given.`,
    },
    {
      expression: `variables.guards.all(line, ${givenAs("line", "query-url", `https?://${ownHost}(:[0-9]+)?/?`)}
        && ${givenAs("line", "frontend-url", `https?://${ownHost}(:[0-9]+)?/?`)})`,
      message:
        "Let --query-url and --frontend-url name a Service of the cluster as <service>.<namespace>.svc.",
    },
    {
      expression: `variables.guards.all(line, ${allValues("line", "header", namespaceHeader)})`,
      message: `Let --header be ${namespaceHeader}, which the edge passes on and clients send.`,
    },
    {
      expression: `variables.guards.all(line, ${allValues("line", "label", tenantLabel)})`,
      message: `Let --label be ${tenantLabel}, which the platform sets on every series.`,
    },
  ],
  samples: {
    good: [
      alone(queries, ranges),
      alone(
        "--listen-address=0.0.0.0:8443",
        queries,
        ranges,
        `--audience=${gatewayAudience}`,
        `--permission=${permission}`,
        `--header=${namespaceHeader}`,
        "--label=namespace",
      ),
      // The store guard is asked by Thanos, from elsewhere.
      deployment({ image: queryGuard().image, args: ["store", "--grpc-address=0.0.0.0:10911"] }),
      deployment({ image: "example.org/web:v1", args: ["query", "--api-server=https://api.example.org"] }),
    ],
    bad: [
      alone(queries, ranges, "--api-server=https://api.example.org"),
      alone(queries, ranges, "--api-ca", "/etc/own/ca.crt"),
      alone(queries, ranges, "--audience=https://kubernetes.default.svc"),
      alone(queries, ranges, "--permission=pods"),
      alone(queries),
      alone(queries, "--frontend-url=https://thanos.example.org"),
      alone("--query-url=http://10.1.2.3:9090", ranges),
      alone(queries, ranges, "--header=X-Scope-OrgID"),
      alone(queries, ranges, "--label=tenant"),
    ],
  },
};
