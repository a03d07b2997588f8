import { quote, type Rule } from "../../rule";
import { sample } from "../../samples";
import { holdsSecret, noSecret } from "./parts";

/** Keys whose whole value is a secret: password, api-key, token; not token-rules.yaml. */
const secretKey =
  "(^|[^a-z])(password|passwd|passphrase|token|credentials|(client[^a-z]?)?secret|(api|access|secret|private|tls)[^a-z]?key|tls[.]key)$";

const configMap = (data: object) => sample("v1/ConfigMap", { data });

export const secretsInConfigMaps: Rule = {
  id: "S3c",
  title: "No secret stands in a ConfigMap",
  why: "ConfigMaps are read with the rights that many programs and people have, and printed in every difference; the credential is out.",
  severity: "high",
  references: ["https://kubernetes.io/docs/concepts/configuration/configmap/"],
  scope: "everywhere",
  on: ["v1/ConfigMap"],
  variables: { data: "object.?data.orValue({})" },
  validations: [
    {
      expression: `variables.data.all(key, !key.lowerAscii().matches(${quote(secretKey)}) || ${noSecret("variables.data[key]")})`,
      message: "Put the value into a Secret instead of a ConfigMap.",
    },
    {
      // A certificate is no secret, and not known before the update that makes it.
      expression: `variables.data.all(key, key.endsWith(".crt") || !${holdsSecret("variables.data[key].lowerAscii()")})`,
      message:
        "Put the whole file into a Secret, or let it name a file or a variable with the password or key in it.",
    },
  ],
  samples: {
    good: [
      sample("v1/ConfigMap", {}),
      configMap({ "ca.crt": "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n" }),
      configMap({
        "routes.yml": "middlewares:\n  operator-password:\n    basicAuth:\n      usersFile: /etc/users\n",
      }),
      configMap({ "grafana.ini": "[security]\nadmin_password = $__file{/etc/grafana/password}\n" }),
      configMap({
        "agent.yml": 'password: "$PASSWORD"\npassword_file: /etc/agent/password\npassword: ""\n',
      }),
      configMap({ "token-rules.yaml": "groups: []\n", url: "https://example.org:8443/a@b" }),
    ],
    bad: [
      configMap({ password: "sample" }),
      configMap({ "api-key": "sample" }),
      configMap({ "web.yml": "password: $2a$10$sample\n" }),
      configMap({ "objstore.yml": "type: S3\nconfig:\n  secret_key: sample\n" }),
      configMap({ "grafana.ini": "[security]\nadmin_password = sample\n" }),
      configMap({ "web.json": '{"basic_auth": {"username": "u", "password": "sample"}}' }),
      configMap({ "server.pem": "-----BEGIN EC PRIVATE KEY-----\nMA==\n-----END EC PRIVATE KEY-----\n" }),
      configMap({ "sources.yml": "url: https://user:sample@example.org/\n" }),
    ],
  },
};
