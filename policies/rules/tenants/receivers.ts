import { tenantAnnotations } from "../../../components/names";
import type { Kind } from "../../kinds";
import { type Fields, quote, type Rule } from "../../rule";
import { sample } from "../../samples";
import { hostsIn, isAllowed, isOwnService, ownNamespaces } from "../../tenants";

/** Lists of a receiver, with the fields by which each says where alerts are sent. */
const urls = {
  emailConfigs: "smarthost",
  opsgenieConfigs: "apiURL",
  pagerdutyConfigs: "url",
  rocketchatConfigs: "apiURL",
  snsConfigs: "apiURL",
  telegramConfigs: "apiURL",
  victoropsConfigs: "apiUrl",
  webexConfigs: "apiURL",
  webhookConfigs: "url",
  wechatConfigs: "apiURL",
} as const;

/** The same where the url is in a Secret, which no condition sees. */
const secretUrls = {
  discordConfigs: "apiURL",
  msteamsConfigs: "webhookUrl",
  msteamsv2Configs: "webhookURL",
  slackConfigs: "apiURL",
  webhookConfigs: "urlSecret",
} as const;

/** And where it says which files of Alertmanager it reads. */
const fileFields = [
  ["telegramConfigs", "botTokenFile"],
  ["pushoverConfigs", "tokenFile"],
  ["pushoverConfigs", "userKeyFile"],
] as const;

const withHttp = [...new Set([...Object.keys(urls), ...Object.keys(secretUrls), "pushoverConfigs"])].filter(
  (list) => list !== "emailConfigs",
);

/** A list of lists: what the receivers have in these lists' fields. */
const all = (fields: readonly (readonly [string, string])[]): string =>
  fields
    .map(
      ([list, field]) =>
        `variables.receivers.map(r, r.?${list}.orValue([]).filter(c, has(c.${field})).map(c, c.${field}))`,
    )
    .join("\n + ");

const kinds = [
  "monitoring.coreos.com/v1alpha1/AlertmanagerConfig",
  "monitoring.coreos.com/v1beta1/AlertmanagerConfig",
] as const satisfies readonly Kind[];

type Parameters = Readonly<Record<string, string>>;

const hosts: Parameters = { [tenantAnnotations.receiverHosts]: "hooks.example.org,*.example.net" };
const anyHost = { [tenantAnnotations.receiverHosts]: "*" };
const secret = { name: "keys", key: "key" };

const receiver = (list: string, config: Fields, parameters = hosts, kind: Kind = kinds[0]) =>
  sample(
    kind,
    { spec: { route: { receiver: "r" }, receivers: [{ name: "r", [list]: [config] }] } },
    parameters,
  );
const webhook = (url: string, parameters?: Parameters) => receiver("webhookConfigs", { url }, parameters);
const http = (httpConfig: Fields) => receiver("opsgenieConfigs", { apiKey: secret, httpConfig });
const oauth2 = (more: Fields) =>
  http({
    oauth2: {
      clientId: { secret },
      clientSecret: secret,
      tokenUrl: "https://hooks.example.org/token",
      ...more,
    },
  });

export const receivers: Rule = {
  id: "T9",
  title: "Alerts go to allowed hosts, with the tenant's own credentials",
  why: "A receiver of any address, or with files and keys of Alertmanager, reaches the platform's back doors and spends its credentials.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1beta1.AlertmanagerConfig",
    "https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings",
  ],
  scope: "tenants",
  on: kinds,
  variables: {
    ...ownNamespaces,
    hosts: hostsIn(tenantAnnotations.receiverHosts),
    receivers: "dyn(object).?spec.?receivers.orValue([])",
    urls: all(Object.entries(urls)),
    secretUrls: all(Object.entries(secretUrls)),
    files: all(fileFields),
    https: all(withHttp.map((list) => [list, "httpConfig"] as const)),
  },
  validations: [
    {
      expression: `variables.urls.all(list, list.all(url, ${isOwnService("url")} || (${isAllowed("url", "variables.hosts")})))`,
      message: `Send alerts to Services of the tenant and to the hosts of the annotation ${tenantAnnotations.receiverHosts} of its namespace; the platform's configuration lists them as receiverHosts.`,
    },
    {
      expression: `${quote("*")} in variables.hosts || variables.secretUrls.all(list, size(list) == 0)`,
      message: `Write the url itself, not a Secret that holds it, or have the platform set receiverHosts to "*": where a Secret leads cannot be checked.`,
    },
    {
      expression: 'variables.files.all(list, list.all(file, file == ""))',
      message: "Use a Secret of the namespace instead of botTokenFile, tokenFile and userKeyFile.",
    },
    {
      expression: `variables.https.all(list, list.all(h, h.?proxyURL.orValue("") == "" && h.?proxyUrl.orValue("") == ""
        && h.?proxyFromEnvironment.orValue(false) == false && h.?oauth2.?proxyUrl.orValue("") == ""
        && h.?oauth2.?proxyFromEnvironment.orValue(false) == false))`,
      message: "Leave proxyUrl and proxyFromEnvironment out.",
    },
    {
      expression: `variables.https.all(list, list.all(h, !has(h.oauth2) || ${isOwnService("h.oauth2.tokenUrl")}
        || (${isAllowed("h.oauth2.tokenUrl", "variables.hosts")})))`,
      message: "Take oauth2.tokenUrl from Services of the tenant or from its allowed hosts.",
    },
    {
      expression: `variables.receivers.all(r, r.?snsConfigs.orValue([]).all(c, has(c.sigv4) && has(c.sigv4.accessKey)
        && has(c.sigv4.secretKey) && c.sigv4.?profile.orValue("") == ""))`,
      message:
        "Give snsConfigs keys of the tenant's own in sigv4: without them Alertmanager signs with the platform's.",
    },
  ],
  samples: {
    good: [
      webhook("https://hooks.example.org/services/a@b"),
      webhook("https://a.b.example.net:8443"),
      webhook("http://hook.alpha.svc:8080/alerts", {}),
      receiver("emailConfigs", {
        to: "a@example.org",
        from: "b@example.org",
        smarthost: "mail.example.net:587",
      }),
      receiver("pagerdutyConfigs", {
        routingKey: secret,
        url: "https://hooks.example.org",
        clientURL: "https://x",
      }),
      // The platform says where it goes.
      receiver("slackConfigs", { channel: "#alerts" }),
      receiver("slackConfigs", { apiURL: secret }, anyHost),
      receiver("snsConfigs", {
        topicARN: "arn:aws:sns:eu-west-1:1:t",
        sigv4: { accessKey: secret, secretKey: secret },
      }),
      receiver("telegramConfigs", { botToken: secret, chatID: 1, botTokenFile: "" }),
      oauth2({}),
      receiver("webhookConfigs", { url: "https://hooks.example.org" }, hosts, kinds[1]),
      sample(kinds[0], { spec: {} }),
    ],
    bad: [
      webhook("http://prometheus-tenants.moat-system.svc:9090/-/quit"),
      webhook("https://hooks.example.org", {}),
      webhook("https://hooks.example.org@10.1.2.3/"),
      webhook("https://{{ .CommonLabels.host }}/hooks.example.org"),
      webhook("https://example.net"),
      ...Object.entries(urls)
        .filter(([list]) => !["webhookConfigs", "emailConfigs", "snsConfigs"].includes(list))
        .map(([list, field]) => receiver(list, { ...required(list), [field]: "https://10.1.2.3/" })),
      receiver("emailConfigs", { to: "a@example.org", smarthost: "10.1.2.3:25" }),
      receiver("snsConfigs", {
        topicARN: "arn:aws:sns:eu-west-1:1:t",
        apiURL: "https://10.1.2.3",
        sigv4: { accessKey: secret, secretKey: secret },
      }),
      ...Object.entries(secretUrls).map(([list, field]) =>
        receiver(list, { ...required(list), [field]: secret }),
      ),
      receiver("telegramConfigs", { chatID: 1, botTokenFile: "/etc/alertmanager/token" }),
      receiver("pushoverConfigs", { userKey: secret, tokenFile: "/etc/alertmanager/token" }),
      receiver("pushoverConfigs", { token: secret, userKeyFile: "/etc/alertmanager/key" }),
      http({ proxyURL: "http://10.1.2.3" }),
      http({ proxyUrl: "http://10.1.2.3" }),
      http({ proxyFromEnvironment: true }),
      oauth2({ proxyUrl: "http://10.1.2.3" }),
      oauth2({ proxyFromEnvironment: true }),
      oauth2({ tokenUrl: "http://10.1.2.3/token" }),
      receiver("snsConfigs", { topicARN: "arn:aws:sns:eu-west-1:1:t", sigv4: {} }),
      receiver("snsConfigs", {
        topicARN: "arn:aws:sns:eu-west-1:1:t",
        sigv4: { accessKey: secret, secretKey: secret, profile: "platform" },
      }),
      receiver("webhookConfigs", { url: "http://10.1.2.3" }, hosts, kinds[1]),
    ],
  },
};

/** What a list's entry needs besides to be one. */
function required(list: string): Fields {
  switch (list) {
    case "telegramConfigs":
      return { botToken: secret, chatID: 1 };
    case "webexConfigs":
      return { roomID: "r" };
    case "rocketchatConfigs":
      return { token: secret, tokenID: secret };
    case "victoropsConfigs":
      return { routingKey: "r" };
    default:
      return {};
  }
}
