import { prometheusKinds } from "../../kinds";
import { quote, type Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

/** Headers by which Mimir, Loki, Thanos, VictoriaMetrics and moat's gateways know a tenant, in lower case. */
const tenantHeader = "tenant|org-?id|^(account|project)-?id$|^x-moat-";

const writing = (headers: object) =>
  prometheus({ remoteWrite: [{ url: "https://a.example.org" }, { url: "https://b.example.org", headers }] });

export const remoteWriteHeaders: Rule = {
  id: "P11b",
  title: "Remote write never names a tenant by itself",
  why: "One header for all puts the series of every tenant that Prometheus scrapes into the view of the one that it names.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.RemoteWriteSpec",
    "https://grafana.com/docs/mimir/latest/manage/secure/authentication-and-authorization/",
    "https://thanos.io/tip/components/receive.md/",
  ],
  scope: "everywhere",
  on: [...prometheusKinds, "monitoring.coreos.com/v1/ThanosRuler"],
  validations: [
    {
      expression: `object.?spec.?remoteWrite.orValue([]).all(w,
        w.?headers.orValue({}).all(name, !name.lowerAscii().matches(${quote(tenantHeader)})))`,
      message:
        "Leave headers that name a tenant out of spec.remoteWrite: the receiver's gateway knows whose it is by the credentials.",
    },
  ],
  samples: {
    good: [
      prometheus({}),
      prometheus({ remoteWrite: [{ url: "https://a.example.org" }] }),
      writing({ "X-Source": "moat" }),
    ],
    bad: [
      ...["X-Scope-OrgID", "x-scope-orgid", "THANOS-TENANT", "AccountID", "X-Moat-Namespace"].map((name) =>
        writing({ [name]: "beta" }),
      ),
      writing({ "X-Source": "moat", "X-Tenant-Id": "beta" }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", {
        spec: { remoteWrite: [{ url: "https://a.example.org", headers: { "X-Scope-OrgID": "beta" } }] },
      }),
      sample("monitoring.coreos.com/v1/ThanosRuler", {
        spec: { remoteWrite: [{ url: "https://a.example.org", headers: { "THANOS-TENANT": "beta" } }] },
      }),
    ],
  },
};
