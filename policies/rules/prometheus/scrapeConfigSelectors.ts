import { objectLabels } from "../../../components/names";
import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus, sample } from "../../samples";
import { pins } from "./namespaceSelectors";

const namespaces = "object.?spec.?scrapeConfigNamespaceSelector";
const platform = { matchLabels: { [objectLabels.role]: "platform" } };

export const scrapeConfigSelectors: Rule = {
  id: "P9",
  title: "Only the platform's ScrapeConfigs count",
  why: "A ScrapeConfig names any address and any label of a target; one of a tenant scrapes another tenant's pods through Prometheus.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.ScrapeConfigSpec",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  variables: { own: 'object.?metadata.?namespace.orValue("default")' },
  validations: [
    {
      // Without a selector none counts; without one of namespaces only those beside this object.
      expression: `!object.?spec.?scrapeConfigSelector.hasValue() || !${namespaces}.hasValue()
        || ${pins(namespaces, "variables.own", ["platform"])}`,
      message: `Leave spec.scrapeConfigSelector out, or spec.scrapeConfigNamespaceSelector, or let the latter match ${objectLabels.role}: platform.`,
    },
  ],
  samples: {
    good: [
      prometheus({}),
      prometheus({ scrapeConfigSelector: {} }),
      prometheus({ scrapeConfigSelector: {}, scrapeConfigNamespaceSelector: platform }),
      // Selects nothing.
      prometheus({ scrapeConfigNamespaceSelector: {} }),
    ],
    bad: [
      prometheus({ scrapeConfigSelector: {}, scrapeConfigNamespaceSelector: {} }),
      prometheus({
        scrapeConfigSelector: { matchLabels: { team: "a" } },
        scrapeConfigNamespaceSelector: { matchLabels: { [objectLabels.role]: "tenant" } },
      }),
      prometheus({
        scrapeConfigSelector: {},
        scrapeConfigNamespaceSelector: { matchLabels: { [objectLabels.tenant]: "alpha" } },
      }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", {
        spec: { scrapeConfigSelector: {}, scrapeConfigNamespaceSelector: {} },
      }),
    ],
  },
};
