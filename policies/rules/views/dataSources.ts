import { configMap } from "../../programSamples";
import { quote, type Rule } from "../../rule";
import { key, textVariables, truth } from "../../texts";

/** Fields of data sources that hold credentials. */
const secret =
  "(password|basicAuthPassword|httpHeaderValue[0-9]+|tlsClientKey|secretKey|accessToken|clientSecret|oauth2ClientSecret|privateKey)";

/** Fields beside `secureJsonData`: what follows them is outside of it again. */
const beside =
  "(name|type|url|access|uid|orgId|isDefault|editable|basicAuth|basicAuthUser|user|database|version|withCredentials|jsonData)";

const plain = quote(key(secret));
const afterwards = quote(`${key(beside)}[\\s\\S]*${key(secret)}`);
/** A value that is neither empty nor has a variable in it. */
const literal = quote(`${key(secret)}[^\\s"'$][^\\n,}$]*[\\n,}]`);

const source = (fields: string) =>
  configMap(
    "datasources.yaml",
    `apiVersion: 1\ndatasources:\n  - name: metrics\n    type: prometheus\n    url: https://read-gateway.moat-system.svc:8443\n${fields}`,
  );

export const dataSources: Rule = {
  id: "G1a",
  title: "Data sources keep credentials in secure fields, and nobody edits them",
  why: "Who may see a data source reads a token that stands in jsonData; who may edit it points it at another server, which gets the token.",
  severity: "high",
  references: [
    "https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources",
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#variable-expansion",
  ],
  scope: "everywhere",
  on: ["v1/ConfigMap"],
  variables: {
    ...textVariables,
    sources: `variables.texts.filter(t, t.matches(${quote(`${key("datasources")}[\\s\\S]*${key("(type|url)")}`)}))`,
  },
  validations: [
    {
      expression: `variables.sources.all(t, !t.matches(${quote(`${key("editable")}${truth}`)}))`,
      message: "Leave `editable: true` out of data sources.",
    },
    {
      // The parts behind the word begin with what follows a key.
      expression: `variables.sources.all(t, t.split("secureJsonData").all(part,
        part.matches("^[\\"']?\\\\s*:") ? !part.matches(${afterwards}) : !part.matches(${plain})))`,
      message: "Move passwords, tokens and keys of data sources below secureJsonData.",
    },
    {
      expression: `variables.sources.all(t, !t.matches(${literal}))`,
      message:
        "Put the credential into a secret that Grafana gets as file or variable, and name it here: $__file{/etc/secrets/token} or $TOKEN.",
    },
    {
      expression: `variables.sources.all(t, !t.matches(${quote(`${key("url")}[a-z]+://[^\\s/"']+:[^\\s/"']*@`)}))`,
      message: "Leave the password out of the url of data sources.",
    },
  ],
  samples: {
    good: [
      source(
        "    editable: false\n    jsonData:\n      httpHeaderName1: Authorization\n    secureJsonData:\n      httpHeaderValue1: Bearer $__file{/var/run/secrets/token}\n",
      ),
      source(
        `    basicAuth: true\n    basicAuthUser: alpha\n    secureJsonData:\n      basicAuthPassword: \${PASSWORD}\n    jsonData:\n      timeInterval: 30s\n`,
      ),
      configMap(
        "datasources.json",
        '{"datasources": [{"type": "loki", "secureJsonData": {"httpHeaderValue1": "$TOKEN"}, "jsonData": {"httpHeaderName1": "Authorization"}}]}',
      ),
      configMap("dashboard.json", '{"title": "Pods", "editable": true, "panels": []}'),
    ],
    bad: [
      source("    editable: true\n"),
      source("    basicAuth: true\n    basicAuthPassword: $PASSWORD\n"),
      source("    jsonData:\n      httpHeaderName1: Authorization\n      httpHeaderValue1: Bearer $TOKEN\n"),
      source(
        "    secureJsonData:\n      httpHeaderValue1: $TOKEN\n    jsonData:\n      httpHeaderValue2: $TOKEN\n",
      ),
      source("    secureJsonData:\n      httpHeaderValue1: Bearer eyJhbGciOi\n"),
      configMap(
        "datasources.json",
        '{"datasources": [{"type": "loki", "secureJsonData": {"basicAuthPassword": "hunter2"}}]}',
      ),
      configMap(
        "datasources.yaml",
        "datasources:\n  - type: prometheus\n    url: https://alpha:hunter2@metrics.example.org\n",
      ),
    ],
  },
};
