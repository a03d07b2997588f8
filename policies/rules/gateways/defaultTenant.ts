import { docker, thanos } from "../../programSamples";
import { hasFlag, linesOf, podVariables, programKinds, valuesOf, withSuffix } from "../../programs";
import { quote, type Rule } from "../../rule";

/** Tenants' names are labels of DNS, so a name with another character is nobody's. */
const nobody = quote("^.[^ ]*[^a-z0-9 -]");

const owned = (flag: string): string =>
  `${valuesOf("line", flag)}.size() > 0 && ${valuesOf("line", flag)}.all(v, v.matches(${nobody}))`;

export const defaultTenant: Rule = {
  id: "Q7",
  title: "What names no tenant is nobody's",
  why: "Thanos gives a request without a tenant to a default one: whoever is called that reads and writes what others forgot to name.",
  severity: "high",
  references: ["https://thanos.io/tip/components/receive.md/", "https://thanos.io/tip/components/query.md/"],
  scope: "everywhere",
  on: programKinds,
  variables: {
    ...podVariables,
    lines: linesOf(withSuffix("thanos")),
  },
  validations: [
    {
      expression: `variables.lines.all(line, !line.contains(" receive ") || ${owned("receive.default-tenant-id")})`,
      message:
        "Give Thanos Receive a --receive.default-tenant-id that no tenant can have, such as _nobody: tenants' names have no underscore.",
    },
    {
      expression: `variables.lines.all(line, !(line.contains(" query ") && ${hasFlag("line", "query.enforce-tenancy")})
        || ${owned("query.default-tenant-id")})`,
      message:
        "Give Thanos Query, which enforces tenants here, a --query.default-tenant-id that no tenant can have, such as _nobody.",
    },
  ],
  samples: {
    good: [
      thanos("receive", "--receive.default-tenant-id=_nobody"),
      thanos("query", "--query.timeout=2m"),
      thanos("query", "--query.enforce-tenancy", "--query.default-tenant-id", "_nobody"),
      docker({ entrypoints: ["/bin/thanos"], command: ["receive", "--receive.default-tenant-id=_nobody"] }),
    ],
    bad: [
      thanos("receive", "--tsdb.path=/data"),
      thanos("receive", "--receive.default-tenant-id=alpha"),
      thanos("receive", "--receive.default-tenant-id=default-tenant"),
      thanos("receive", "--receive.default-tenant-id=_nobody", "--receive.default-tenant-id=alpha"),
      thanos("query", "--query.enforce-tenancy"),
      thanos("query", "--query.enforce-tenancy", "--query.default-tenant-id=alpha"),
      docker({ entrypoints: ["/bin/thanos"], command: ["receive"] }),
    ],
  },
};
