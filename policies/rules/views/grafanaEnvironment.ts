import { docker } from "../../programSamples";
import { podVariables, programKinds } from "../../programs";
import { quote, type Rule } from "../../rule";
import { deployment } from "../../samples";

const truth = "^(true|t|1|yes|y|on)$";

/** Settings that let strangers in, with what they do. */
const doors = [
  ["GF_AUTH_ANONYMOUS_ENABLED", "lets everybody see dashboards without a password"],
  ["GF_USERS_ALLOW_SIGN_UP", "lets everybody make an account"],
  ["GF_USERS_ALLOW_ORG_CREATE", "lets every user make organisations"],
] as const;

const password = "GF_SECURITY_ADMIN_PASSWORD";
const proxy = "GF_AUTH_PROXY_ENABLED";
const trusted = "GF_AUTH_PROXY_WHITELIST";

/** Whether a container of a pod, or a Docker container, is given a variable with a value of the form. */
const inPod = (name: string, form: string): string =>
  `env.exists(e, e.name == ${quote(name)} && e.?value.orValue("").lowerAscii().matches(${quote(form)}))`;
const inDocker = (name: string, form: string): string =>
  `variables.dockerEnv.exists(e, e.startsWith(${quote(`${name}=`)})
    && e.substring(${name.length + 1}).lowerAscii().matches(${quote(form)}))`;

const nowhere = (name: string, form: string): string =>
  `variables.envs.all(env, !${inPod(name, form)}) && !${inDocker(name, form)}`;

const pod = (...env: readonly Readonly<Record<string, unknown>>[]) =>
  deployment({ image: "docker.io/grafana/grafana:12.0.0", env });

export const grafanaEnvironment: Rule = {
  id: "G2a",
  title: "Variables give Grafana no open door and no password",
  why: "Without a login everybody sees what the data sources of that Grafana see, and a password in the pod's description is read by all who may read pods.",
  severity: "critical",
  references: [
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#override-configuration-with-environment-variables",
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/auth-proxy/",
  ],
  scope: "everywhere",
  on: programKinds,
  variables: {
    ...podVariables,
    envs: "variables.containers.map(c, c.?env.orValue([]))",
    dockerEnv: "has(object.kind) ? [] : object.?envs.orValue([])",
  },
  validations: [
    ...doors.map(([name, effect]) => ({
      expression: nowhere(name, truth),
      message: `Leave ${name} out: it ${effect}.`,
    })),
    {
      expression: nowhere(password, "."),
      message: `Take ${password} from a secret (valueFrom), or give its file by ${password}__FILE.`,
    },
    {
      expression: `variables.envs.all(env, !${inPod(proxy, truth)} || ${inPod(trusted, "[0-9a-f]")}
          || env.exists(e, e.name == ${quote(trusted)} && has(e.valueFrom)))
        && (!${inDocker(proxy, truth)} || ${inDocker(trusted, "[0-9a-f]")})`,
      message: `With ${proxy}, set ${trusted} to the addresses of the proxy: Grafana believes everybody else who sends its header, too.`,
    },
  ],
  samples: {
    good: [
      pod({ name: password, valueFrom: { secretKeyRef: { name: "grafana", key: "password" } } }),
      pod({ name: "GF_AUTH_ANONYMOUS_ENABLED", value: "false" }),
      pod({ name: proxy, value: "true" }, { name: trusted, value: "10.244.0.0/16" }),
      deployment({ env: [{ name: "NOT_GF_USERS_ALLOW_SIGN_UP", value: "true" }] }),
      docker({ envs: [`${password}__FILE=/run/secrets/grafana`, "GF_USERS_ALLOW_SIGN_UP=false"] }),
    ],
    bad: [
      ...doors.map(([name]) => pod({ name, value: "true" })),
      ...doors.map(([name]) => docker({ envs: [`${name}=1`] })),
      pod({ name: "GF_AUTH_ANONYMOUS_ENABLED", value: "True" }),
      pod({ name: password, value: "admin" }),
      docker({ envs: [`${password}=admin`] }),
      pod({ name: proxy, value: "true" }),
      pod({ name: proxy, value: "true" }, { name: trusted, value: "" }),
      docker({ envs: [`${proxy}=true`] }),
    ],
  },
};
