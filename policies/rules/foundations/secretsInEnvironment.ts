import type { Rule } from "../../rule";
import { deployment, sample } from "../../samples";
import { namesSecret, noSecret, podKinds, podVariables } from "./parts";

const env = (name: string, value?: string) => deployment({ env: [{ name, value }] });

export const secretsInEnvironment: Rule = {
  id: "S3b",
  title: "No secret stands in a pod's environment as plain text",
  why: "Whoever may read Deployments or pods, or the stack's state, reads the credential, and with it what it opens.",
  severity: "high",
  references: ["https://kubernetes.io/docs/concepts/security/secrets-good-practices/"],
  scope: "everywhere",
  on: podKinds,
  variables: podVariables,
  validations: [
    {
      expression: `variables.containers.all(c, c.?env.orValue([]).all(e,
        !${namesSecret("e.name.lowerAscii()")} || ${noSecret('e.?value.orValue("")')}))`,
      message: "Put the value into a Secret and name it in valueFrom.secretKeyRef.",
    },
  ],
  samples: {
    good: [
      deployment({
        env: [{ name: "ROOT_SECRET_ACCESS_KEY", valueFrom: { secretKeyRef: { name: "s3", key: "secret" } } }],
      }),
      env("PASSWORD_FILE", "/etc/users/password"),
      env("GF_SECURITY_ADMIN_PASSWORD__FILE", "/etc/grafana/password"),
      env("OAUTH_TOKEN_URL", "https://login.example.org/token"),
      env("DB_PASSWORD", "$(PASSWORD_FROM_SECRET)"),
      env("REQUIRE_TOKEN", "true"),
      env("PWD", "/data"),
      env("TOKENIZER", "words"),
    ],
    bad: [
      env("PGPASSWORD", "sample"),
      env("AWS_SECRET_ACCESS_KEY", "sample"),
      env("gf.token", "sample"),
      env("ADMIN_PASSWORD", "$2a$10$sample"),
      env("CLIENT_SECRET", "sample"),
      deployment(
        {},
        {
          initContainers: [
            { name: "i", image: "example.org/i:v1", env: [{ name: "API_KEY", value: "sample" }] },
          ],
        },
      ),
      sample("v1/Pod", {
        spec: {
          containers: [{ name: "c", image: "example.org/c:v1", env: [{ name: "DB_PWD", value: "sample" }] }],
        },
      }),
    ],
  },
};
