import { docker, thanos } from "../../programSamples";
import { hasFlag, linesOf, podVariables, programKinds, withSuffix } from "../../programs";
import type { Rule } from "../../rule";

const receive = (...args: readonly string[]) =>
  thanos(
    "receive",
    "--receive.default-tenant-id=_nobody",
    "--receive.limits-config-file=/etc/l.yaml",
    ...args,
  );

export const splitTenants: Rule = {
  id: "W1",
  title: "Who writes is told by the gateway, not by what is written",
  why: "A label of the client's own series would choose the tenant: it writes into another's data, over everything that the gateway said.",
  severity: "critical",
  references: ["https://thanos.io/tip/components/receive.md/"],
  scope: "everywhere",
  on: programKinds,
  variables: {
    ...podVariables,
    receives: `(${linesOf(withSuffix("thanos"))}).filter(line, line.contains(" receive "))`,
  },
  validations: [
    {
      expression: `variables.receives.all(line, !${hasFlag("line", "receive.split-tenant-label-name")})`,
      message:
        "Leave --receive.split-tenant-label-name out; the gateway sets the header of --receive.tenant-header from the client's identity.",
    },
  ],
  samples: {
    good: [
      receive(),
      receive("--receive.tenant-header=Thanos-Tenant"),
      receive("--receive.tenant-certificate-field=commonName"),
      docker({ entrypoints: ["/bin/thanos"], command: ["receive"] }),
    ],
    bad: [
      receive("--receive.split-tenant-label-name=tenant_id"),
      receive("--receive.split-tenant-label-name", "namespace"),
      docker({
        entrypoints: ["/bin/thanos"],
        command: ["receive", "--receive.split-tenant-label-name=team"],
      }),
    ],
  },
};
