/** What tenants share without a quota of its own: the Secret of their monitors, and the ConfigMaps of their rules. */
import {
  manyMonitors,
  mostMonitoring,
  ruleFileBytes,
  secretBytes,
  worstConfiguration,
} from "../../../components/tenancy/quota";

test("all monitors that a namespace may have, at their worst, leave a third of the Secret to others", () => {
  expect(worstConfiguration()).toBeLessThan((secretBytes * 2) / 3);
});

test("all its rules leave one of three ConfigMaps", () => {
  expect(mostMonitoring.prometheusrules * ruleFileBytes).toBeLessThanOrEqual(2 * (secretBytes / 2));
});

test("an alert tells before usual monitors have filled the Secret, and not of a few tenants", () => {
  const { servicemonitors, podmonitors, probes } = mostMonitoring;
  expect(manyMonitors).toBeGreaterThan(5 * (servicemonitors + podmonitors + probes));
});
