import { configMap } from "../../programSamples";
import { quote, type Rule } from "../../rule";
import { textVariables } from "../../texts";

/** Whether no file has the section with such a line in it. */
const nowhere = (section: string, line: string): string =>
  `variables.sections.all(s, !s.startsWith(${quote(`${section}]`)}) || !s.matches(${quote(`\\n\\s*${line}`)}))`;

const truth = "\\s*=\\s*(true|True|TRUE|t|yes|on|1)\\b";

const ini = (text: string) => configMap("grafana.ini", text);

export const grafanaIni: Rule = {
  id: "G2b",
  title: "Grafana's file opens no door and holds no password",
  why: "Without a login everybody sees what the data sources of that Grafana see, and a password in a ConfigMap is read by all who may read ConfigMaps.",
  severity: "critical",
  references: ["https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/"],
  scope: "everywhere",
  on: ["v1/ConfigMap"],
  variables: {
    ...textVariables,
    // What stands before the first heading is of no section.
    sections: 'variables.texts.map(t, "\\n[]\\n" + t).join("").split("\\n[")',
  },
  validations: [
    {
      expression: nowhere("auth.anonymous", `enabled${truth}`),
      message: "Leave enabled = true out of [auth.anonymous].",
    },
    {
      expression: nowhere("users", `allow_sign_up${truth}`),
      message: "Leave allow_sign_up = true out of [users].",
    },
    {
      expression: nowhere("users", `allow_org_create${truth}`),
      message: "Leave allow_org_create = true out of [users].",
    },
    {
      expression: nowhere("security", "admin_password\\s*=\\s*[^\\s$]"),
      message:
        "Leave admin_password out of [security], or name a file or variable: $__file{/etc/secrets/password}.",
    },
    {
      expression: `variables.sections.all(s, !(s.startsWith("auth.proxy]") && s.matches(${quote(`\\n\\s*enabled${truth}`)}))
        || s.matches(${quote("\\n\\s*whitelist\\s*=\\s*[0-9a-f]")}))`,
      message:
        "With [auth.proxy], set whitelist to the addresses of the proxy: Grafana believes everybody else who sends its header, too.",
    },
  ],
  samples: {
    good: [
      ini("[security]\nadmin_password = $__file{/etc/secrets/password}\n[auth.anonymous]\nenabled = false\n"),
      ini("[users]\nallow_sign_up = false\n\n[auth.generic_oauth]\nenabled = true\nallow_sign_up = true\n"),
      ini("[auth.anonymous]\n; enabled = true\n[auth.ldap]\nenabled = true\n"),
      ini("[auth.proxy]\nenabled = true\nwhitelist = 10.244.0.0/16\n"),
    ],
    bad: [
      ini("[auth.anonymous]\nenabled = true\n"),
      ini("[server]\nhttp_port = 3000\n\n[auth.anonymous]\norg_role = Viewer\nenabled=true"),
      ini("[users]\nallow_sign_up = true\n"),
      ini("[users]\nallow_org_create = true\n"),
      ini("[security]\nadmin_user = admin\nadmin_password = admin\n"),
      ini("[auth.proxy]\nenabled = true\n[auth]\nwhitelist = 10.0.0.1\n"),
      ini("[auth.proxy]\nenabled = true\nwhitelist =\n"),
    ],
  },
};
