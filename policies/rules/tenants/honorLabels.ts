import { endpoints, podMonitor, serviceMonitor } from "../../monitors";
import type { Rule } from "../../rule";

export const honorLabels: Rule = {
  id: "T1",
  title: "Monitors do not let targets choose labels or times",
  why: "A target whose labels or timestamps are honoured poses as another program, or rewrites what is past.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Endpoint",
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config",
  ],
  scope: "tenants",
  // A Probe has neither field.
  on: ["monitoring.coreos.com/v1/ServiceMonitor", "monitoring.coreos.com/v1/PodMonitor"],
  variables: endpoints,
  validations: [
    {
      expression: "variables.endpoints.all(e, e.?honorLabels.orValue(false) == false)",
      message:
        "Leave honorLabels out: labels of a target that collide get the prefix exported_. A metricRelabeling copies one back, such as exported_job to job.",
    },
    {
      expression: "variables.endpoints.all(e, e.?honorTimestamps.orValue(false) == false)",
      message: "Leave honorTimestamps out or set it to false: samples carry the time of the scrape.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({ honorLabels: false, honorTimestamps: false }),
      serviceMonitor({}, { endpoints: [] }),
      podMonitor({}),
      serviceMonitor({
        metricRelabelings: [{ sourceLabels: ["exported_job"], regex: "(.+)", targetLabel: "job" }],
      }),
    ],
    bad: [
      serviceMonitor({ honorLabels: true }),
      serviceMonitor({ honorTimestamps: true }),
      serviceMonitor(
        {},
        {
          endpoints: [
            { port: "a", followRedirects: false },
            { port: "b", followRedirects: false, honorLabels: true },
          ],
        },
      ),
      podMonitor({ honorLabels: true }),
      podMonitor({ honorTimestamps: true }),
    ],
  },
};
