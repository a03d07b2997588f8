import { rbacProxy, thanosImage } from "../../programSamples";
import { givenAs, isProgram, linesOf, loopback, podKinds, podVariables, withSuffix } from "../../programs";
import type { Rule } from "../../rule";
import { deployment } from "../../samples";

/** Programs that stand in a pod to say who may pass. */
const doors = "(kube-rbac-proxy|oauth2-proxy|envoy|nginx|traefik|haproxy)[a-z0-9_-]*";

const receiver = (...args: readonly string[]) => ({
  name: "receive",
  image: thanosImage,
  args: ["receive", ...args],
});
const guarded = (...args: readonly string[]) =>
  rbacProxy(
    ["--secure-listen-address=0.0.0.0:8443", "--upstream=http://127.0.0.1:19291/"],
    receiver(...args),
  );

export const receiveAddress: Rule = {
  id: "W2",
  title: "A receiver with a gateway in its pod takes samples from that alone",
  why: "While the receiver listens on the pod's address, a client goes around the gateway and writes as any tenant.",
  severity: "critical",
  references: ["https://thanos.io/tip/components/receive.md/"],
  scope: "everywhere",
  on: podKinds,
  variables: {
    ...podVariables,
    receives: `!variables.containers.exists(c, ${isProgram("c", doors)}) ? []
      : (${linesOf(withSuffix("thanos"))}).filter(line, line.contains(" receive "))`,
  },
  validations: [
    {
      expression: `variables.receives.all(line, ${givenAs("line", "remote-write.address", `${loopback}:[0-9]+`)})`,
      message: "Give Thanos Receive --remote-write.address=127.0.0.1:19291.",
    },
  ],
  samples: {
    good: [
      guarded("--remote-write.address=127.0.0.1:19291", "--grpc-address=0.0.0.0:10901"),
      guarded("--remote-write.address", "localhost:19291"),
      // Its gateway is elsewhere; network policies keep others away.
      deployment(receiver("--remote-write.address=0.0.0.0:19291")),
    ],
    bad: [
      guarded(),
      guarded("--remote-write.address=0.0.0.0:19291"),
      guarded("--remote-write.address", ":19291"),
    ],
  },
};
