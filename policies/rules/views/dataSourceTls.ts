import { configMap } from "../../programSamples";
import { quote, type Rule } from "../../rule";
import { cloud } from "../../samples";
import { key, textVariables, truth } from "../../texts";

const type = "kubernetes:grafana.integreatly.org/v1beta1:GrafanaDatasource";

const operated = (jsonData: Readonly<Record<string, unknown>>) =>
  cloud(type, {
    metadata: { name: "metrics", namespace: "alpha" },
    spec: { instanceSelector: {}, datasource: { name: "metrics", type: "prometheus", jsonData } },
  });
const source = (jsonData: string) =>
  configMap(
    "datasources.yaml",
    `datasources:\n  - name: metrics\n    type: prometheus\n    url: https://read-gateway.moat-system.svc:8443\n    jsonData:\n      ${jsonData}\n`,
  );

export const dataSourceTls: Rule = {
  id: "G1c",
  title: "Data sources verify the server that gets their credentials",
  why: "Whoever stands between Grafana and the gateway, or answers for its name, takes the tenant's token or sees its metrics.",
  severity: "high",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#json-data"],
  scope: "everywhere",
  on: ["v1/ConfigMap", type],
  variables: {
    ...textVariables,
    sources: `variables.texts.filter(t, t.matches(${quote(`${key("datasources")}[\\s\\S]*${key("(type|url)")}`)}))`,
  },
  validations: [
    {
      expression: `variables.sources.all(t, !t.matches(${quote(`${key("tlsSkipVerify")}${truth}`)}))
        && object.?spec.?datasource.?jsonData.?tlsSkipVerify.orValue(false) != true`,
      message: "Leave tlsSkipVerify out, and give the authority by tlsAuthWithCACert and tlsCACert.",
    },
  ],
  samples: {
    good: [
      source("tlsAuthWithCACert: true"),
      source("tlsSkipVerify: false"),
      configMap("notes.yaml", "tlsSkipVerify: true\n"),
      operated({ tlsAuthWithCACert: true }),
      operated({}),
    ],
    bad: [source("tlsSkipVerify: true"), operated({ tlsSkipVerify: true })],
  },
};
