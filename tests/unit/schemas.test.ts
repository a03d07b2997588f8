/** The schemas have teeth. */
import { validateAll } from "../support/schemas";

const made = (type: string, inputs: object) => ({
  type,
  name: "sample",
  custom: true,
  inputs: { ...inputs },
});

test.each([
  [
    "kubernetes:apps/v1:Deployment",
    { spec: { replicas: "two", selector: {}, template: {} } },
    "replicas must be integer",
  ],
  ["kubernetes:apps/v1:Deployment", { spec: { replicas: 2 } }, "must have required property selector"],
  ["kubernetes:monitoring.coreos.com/v1:Prometheus", { spec: { replicas: "x" } }, "replicas"],
])("%s %j is refused", (type, inputs, words) => {
  expect(validateAll([made(type, inputs)])).toEqual([expect.stringContaining(words)]);
});
