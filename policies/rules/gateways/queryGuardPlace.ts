import { namespaceHeader, tenantLabel } from "../../../components/names";
import { queryGuard } from "../../programSamples";
import { allValues, givenAs, loopback, podKinds, podVariables, queryGuardLines } from "../../programs";
import type { Rule } from "../../rule";
import { deployment } from "../../samples";

/** Hosts that are this pod or a Service of the cluster: `name` or `name.namespace.svc`. */
const ownHost = `(${loopback}|[a-z0-9-]+(\\.[a-z0-9-]+\\.svc(\\.[a-z0-9-]+)*)?)`;

const alone = (...args: readonly string[]) => deployment(queryGuard(...args));
const queries = "--query-url=http://thanos-query.moat-system.svc:10902";
const ranges = "--frontend-url=http://thanos-query-frontend.moat-system.svc:10902";

export const queryGuardPlace: Rule = {
  id: "Q2d",
  title: "The query guard is reached through its pod alone, by the header that was authorised",
  why: "It believes whoever reaches it: without the authenticator in front, or by another header than that one's, a client names any tenant and gets its series.",
  severity: "critical",
  references: ["https://github.com/brancz/kube-rbac-proxy#usage"],
  scope: "everywhere",
  on: podKinds,
  variables: { ...podVariables, guards: queryGuardLines },
  validations: [
    {
      expression: `variables.guards.all(line, ${allValues("line", "listen-address", `${loopback}:[0-9]+`)})`,
      message:
        "Let --listen-address of the query guard name 127.0.0.1, and put its authenticator into the same pod.",
    },
    {
      expression: `variables.guards.all(line, ${givenAs("line", "query-url", `https?://${ownHost}(:[0-9]+)?/?`)}
        && ${givenAs("line", "frontend-url", `https?://${ownHost}(:[0-9]+)?/?`)})`,
      message:
        "Let --query-url and --frontend-url name a Service of the cluster as <service>.<namespace>.svc.",
    },
    {
      expression: `variables.guards.all(line, ${allValues("line", "header", namespaceHeader)})`,
      message: `Let --header be ${namespaceHeader}, the header that the authenticator reads.`,
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
        "--listen-address=127.0.0.1:8080",
        queries,
        ranges,
        `--header=${namespaceHeader}`,
        "--label=namespace",
      ),
      // The store guard is asked by Thanos, from elsewhere.
      deployment({ image: queryGuard().image, args: ["store", "--grpc-address=0.0.0.0:10911"] }),
      deployment({ image: "example.org/web:v1", args: ["query", "--listen-address=0.0.0.0:8080"] }),
    ],
    bad: [
      alone("--listen-address=0.0.0.0:8080", queries, ranges),
      alone("--listen-address=:8080", queries, ranges),
      alone(queries),
      alone(queries, "--frontend-url=https://thanos.example.org"),
      alone("--query-url=http://10.1.2.3:9090", ranges),
      alone(queries, ranges, "--header=X-Scope-OrgID"),
      alone(queries, ranges, "--label=tenant"),
    ],
  },
};
