import { docker, thanos } from "../../programSamples";
import { hasFlag, linesOf, podVariables, programKinds, withSuffix } from "../../programs";
import type { Rule } from "../../rule";

const receive = (...args: readonly string[]) =>
  thanos("receive", "--receive.default-tenant-id=_nobody", ...args);

export const writeLimits: Rule = {
  id: "W3a",
  title: "Receivers limit what each tenant writes",
  why: "One tenant that writes endless series fills the memory and the disk of the receivers that all tenants share.",
  severity: "high",
  references: ["https://thanos.io/tip/components/receive.md/#limits--gates-experimental"],
  scope: "everywhere",
  on: programKinds,
  variables: {
    ...podVariables,
    receives: `(${linesOf(withSuffix("thanos"))}).filter(line, line.contains(" receive "))`,
  },
  validations: [
    {
      expression: `variables.receives.all(line, ${hasFlag("line", "receive.limits-config(-file)?")})`,
      message: "Give Thanos Receive --receive.limits-config-file with limits for tenants.",
    },
  ],
  samples: {
    good: [
      receive("--receive.limits-config-file=/etc/receive/limits.yaml"),
      receive("--receive.limits-config", "write: {default: {head_series_limit: 100000}}"),
      thanos("sidecar", "--tsdb.path=/prometheus"),
      docker({
        entrypoints: ["/bin/thanos"],
        command: ["receive", "--receive.limits-config-file=/etc/receive/limits.yaml"],
      }),
    ],
    bad: [
      receive(),
      receive("--tsdb.path=/data", "--receive.hashrings-file=/etc/receive/hashrings.json"),
      docker({ entrypoints: ["/bin/thanos"], command: ["receive"] }),
    ],
  },
};
