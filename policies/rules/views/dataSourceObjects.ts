import { quote, type Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "kubernetes:grafana.integreatly.org/v1beta1:GrafanaDatasource";
const secret = quote(
  "^(httpHeaderValue[0-9]+|tlsClientKey|.*[pP]assword|.*[sS]ecret|.*[tT]oken|privateKey)$",
);

const source = (datasource: Readonly<Record<string, unknown>>) =>
  cloud(type, {
    metadata: { name: "metrics", namespace: "alpha" },
    spec: { instanceSelector: {}, datasource: { name: "metrics", type: "prometheus", ...datasource } },
  });

export const dataSourceObjects: Rule = {
  id: "G1b",
  title: "Data sources of the Grafana operator take credentials from secrets, and nobody edits them",
  why: "The object and its jsonData are read by more people than its secret, and who may edit a data source has its token sent to a server of theirs.",
  severity: "high",
  references: ["https://grafana.github.io/grafana-operator/docs/datasources/"],
  scope: "everywhere",
  on: [type],
  variables: { source: "object.?spec.?datasource.orValue({})" },
  validations: [
    {
      expression: "variables.source.?editable.orValue(false) == false",
      message: "Leave spec.datasource.editable out.",
    },
    {
      expression: `variables.source.all(field, !field.matches(${secret}))
        && variables.source.?jsonData.orValue({}).all(field, !field.matches(${secret}))`,
      message: "Move passwords, tokens and keys to spec.datasource.secureJsonData.",
    },
    {
      expression: `variables.source.?secureJsonData.orValue({}).all(field,
        variables.source.secureJsonData[field].contains("\${"))`,
      message: `Let values of spec.datasource.secureJsonData be variables such as \${TOKEN}, and take them from a secret by spec.valuesFrom.`,
    },
  ],
  samples: {
    good: [
      source({
        jsonData: { httpHeaderName1: "Authorization" },
        secureJsonData: { httpHeaderValue1: `Bearer \${token}` },
      }),
      source({ editable: false }),
    ],
    bad: [
      source({ editable: true }),
      source({ basicAuthPassword: `\${PASSWORD}` }),
      source({ jsonData: { httpHeaderValue1: `Bearer \${token}` } }),
      source({ secureJsonData: { httpHeaderValue1: "Bearer eyJhbGciOi" } }),
    ],
  },
};
