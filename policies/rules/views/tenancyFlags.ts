import { docker } from "../../programSamples";
import { linesOf, podVariables, programKinds, withSuffix } from "../../programs";
import type { Rule } from "../../rule";
import { deployment } from "../../samples";

const program = (name: string, ...args: readonly string[]) =>
  deployment({ image: `docker.io/grafana/${name}:v1.0.0`, args });

export const tenancyFlags: Rule = {
  id: "L1b",
  title: "No flag of Loki, Tempo or Mimir makes all tenants one",
  why: "A flag wins over the file: all logs and traces then belong to one tenant, and every tenant that may ask sees all of them.",
  severity: "critical",
  references: [
    "https://grafana.com/docs/loki/latest/operations/multi-tenancy/",
    "https://grafana.com/docs/tempo/latest/setup/command-line-flags/",
  ],
  scope: "everywhere",
  on: programKinds,
  variables: { ...podVariables, lines: linesOf(withSuffix("(loki|tempo|mimir|cortex)")) },
  validations: [
    {
      expression: `variables.lines.all(line,
        !line.matches(" -(auth\\\\.enabled|auth\\\\.multitenancy-enabled|multitenancy\\\\.enabled)=[fF0]"))`,
      message: "Leave out the flag that turns tenants off.",
    },
  ],
  samples: {
    good: [
      program("loki", "-config.file=/etc/loki/loki.yaml", "-auth.enabled=true"),
      program("tempo", "--multitenancy.enabled=true"),
      deployment({ image: "example.org/shop:v1", args: ["-auth.enabled=false"] }),
      docker({ name: "loki", command: ["/usr/bin/loki", "-auth.enabled=true"] }),
    ],
    bad: [
      program("loki", "-auth.enabled=false"),
      program("tempo", "--multitenancy.enabled=false"),
      program("mimir", "-auth.multitenancy-enabled=false"),
      docker({ name: "logs", command: ["/usr/bin/loki", "-auth.enabled=0"] }),
    ],
  },
};
