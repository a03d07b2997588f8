import { operatorArgs } from "../../../components/metrics/operator";
import { clusterRules, namespaceRules, referenceRules } from "../../../components/metrics/operatorRights";

const args = operatorArgs("moat-system", { cpu: "10m", memory: "32Mi", memoryLimit: "64Mi" });

test.each(["prometheus-instance", "alertmanager-instance", "alertmanager-config", "thanos-ruler-instance"])(
  "objects of --%s-namespaces count in the platform's namespace only",
  (flag) => expect(args).toContain(`--${flag}-namespaces=moat-system`),
);

test.each([
  "--prometheus-config-reloader=quay.io/prometheus-operator/prometheus-config-reloader:v0.90.1",
  "--config-reloader-memory-limit=64Mi",
  "--config-reloader-cpu-limit=0",
  "--enable-config-reloader-probes=true",
  "--disable-unmanaged-prometheus-configuration=true",
  "--web.listen-address=:8080",
  // As the objects are marked: metrics.test.ts.
  "--controller-id=moat-system",
])("%s", (flag) => expect(args).toContain(flag));

test("takes no list of namespaces, so that a new tenant needs no restart", () => {
  expect(args.filter((arg) => /^--(deny-)?namespaces=/.test(arg))).toEqual([]);
});

test("nobody gets every verb or every resource", () => {
  expect(JSON.stringify([clusterRules, namespaceRules, referenceRules])).not.toContain('"*"');
});

test("what monitors refer to may be read one by one, never listed", () => {
  expect(referenceRules.flatMap((rule) => rule.verbs)).toEqual(["get"]);
});
