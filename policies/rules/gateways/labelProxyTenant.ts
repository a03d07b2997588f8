import { namespaceHeader, tenantLabel } from "../../../components/names";
import { docker, labelProxy, rbacProxy } from "../../programSamples";
import { allValues, givenAs, hasFlag, linesOf, podVariables, programKinds, withSuffix } from "../../programs";
import type { Rule } from "../../rule";
import { deployment } from "../../samples";

/** On series that are scraped, and on those that are pushed. */
const labels = [tenantLabel, "tenant_id"];

const both = (...args: readonly string[]) =>
  rbacProxy(
    ["--upstream=http://127.0.0.1:8080/", "--config-file=/etc/gateway/authorization.yaml"],
    labelProxy("--insecure-listen-address=127.0.0.1:8080", ...args),
  );
const header = `--header-name=${namespaceHeader}`;
const label = `--label=${tenantLabel}`;

export const labelProxyTenant: Rule = {
  id: "Q5a",
  title: "prom-label-proxy takes the tenant from the header that was authorised",
  why: "When one hop reads the tenant from the header and the next from the query, a client is authorised for its own tenant and gets another's series.",
  severity: "critical",
  references: ["https://github.com/prometheus-community/prom-label-proxy"],
  scope: "everywhere",
  on: programKinds,
  variables: {
    ...podVariables,
    proxies: linesOf(withSuffix("prom-label-proxy")),
    authorised: `(${linesOf(withSuffix("kube-rbac-proxy"))}).exists(line, ${hasFlag("line", "config-file")})`,
  },
  validations: [
    {
      // Without any of the flags it takes the query parameter named like the label.
      expression: `variables.proxies.all(line, ${hasFlag("line", "header-name")} || ${hasFlag("line", "label-value")})`,
      message: `Give prom-label-proxy --header-name=${namespaceHeader}.`,
    },
    {
      expression: `variables.proxies.all(line, ${allValues("line", "header-name", namespaceHeader)})`,
      message: `Let --header-name be ${namespaceHeader}, the header that the authenticator reads.`,
    },
    {
      expression: `variables.proxies.all(line, !${hasFlag("line", "query-param")})`,
      message: "Leave --query-param out: the authenticator does not read it.",
    },
    {
      expression: `variables.proxies.all(line, !${hasFlag("line", "header-uses-list-syntax")})`,
      message:
        "Leave --header-uses-list-syntax out: the authenticator takes a list for one name. Several tenants are several headers.",
    },
    {
      expression: `!variables.authorised || variables.proxies.all(line, !${hasFlag("line", "label-value")})`,
      message: "Leave --label-value out: the authenticator beside it is asked about the header's tenant.",
    },
    {
      expression: `variables.proxies.all(line, ${givenAs("line", "label", `(${labels.join("|")})`)})`,
      message: `Let --label be ${labels.join(" or ")}, which the platform sets on every series.`,
    },
  ],
  samples: {
    good: [
      both(label, header),
      both("-label", "tenant_id", "-header-name", namespaceHeader),
      // A proxy for one tenant, whose authenticator asks about a fixed right.
      deployment(labelProxy(label, "--label-value=alpha")),
      docker({ entrypoints: ["/bin/prom-label-proxy"], command: [label, header] }),
    ],
    bad: [
      both(label),
      both(label, "--query-param=namespace"),
      both(label, header, "--query-param=namespace"),
      both(label, header, "--header-uses-list-syntax"),
      both(label, "--header-name=X-Scope-OrgID"),
      both(label, header, "--header-name=X-Tenant"),
      both(label, "--label-value=alpha"),
      both(header),
      both("--label=exported_namespace", header),
      docker({ entrypoints: ["/bin/prom-label-proxy"], command: [label] }),
    ],
  },
};
