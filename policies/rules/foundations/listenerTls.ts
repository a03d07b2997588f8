import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const lb = "aws:lb/listener:Listener";
const alb = "aws:alb/listener:Listener";

const forward = { loadBalancerArn: "edge", defaultActions: [{ type: "forward", targetGroupArn: "edge" }] };
const redirect = (protocol?: string) => ({
  loadBalancerArn: "edge",
  port: 80,
  protocol: "HTTP",
  defaultActions: [{ type: "redirect", redirect: { port: "443", protocol, statusCode: "HTTP_301" } }],
});
const https = { ...forward, port: 443, protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" };

export const listenerTls: Rule = {
  id: "S2b",
  title: "Listeners of AWS load balancers speak TLS 1.2 or later",
  why: "Over plain HTTP, or a TLS that can be broken, whoever listens on the way takes a tenant's token.",
  severity: "high",
  references: [
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html",
  ],
  scope: "everywhere",
  on: [lb, alb],
  variables: { protocol: 'object.?protocol.orValue("none")' },
  validations: [
    {
      // TCP is passed on as it is: on these ports the edge and the API server speak TLS themselves.
      expression: `variables.protocol in ["HTTPS", "TLS", "HTTP"]
        || variables.protocol == "TCP" && object.?port.orValue(0) in [443, 6443]`,
      message: "Set protocol to HTTPS or TLS; or to TCP on port 443, where the program behind it speaks TLS.",
    },
    {
      expression: `!(variables.protocol in ["HTTPS", "TLS"])
        || object.?sslPolicy.orValue("").matches("^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)-")`,
      message: "Set sslPolicy to one of TLS 1.2 or later, such as ELBSecurityPolicy-TLS13-1-2-2021-06.",
    },
    {
      expression: `variables.protocol != "HTTP" || object.?defaultActions.orValue([]).size() > 0
        && object.defaultActions.all(a, a.?type.orValue("") == "redirect" && a.?redirect.?protocol.orValue("") == "HTTPS")`,
      message: "Let a listener of HTTP only redirect, with redirect.protocol HTTPS.",
    },
  ],
  samples: {
    good: [
      cloud(lb, https),
      cloud(alb, { ...https, sslPolicy: "ELBSecurityPolicy-FS-1-2-Res-2020-10" }),
      cloud(alb, redirect("HTTPS")),
      cloud(lb, { ...https, protocol: "TLS", sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" }),
      cloud(lb, { ...forward, port: 443, protocol: "TCP" }),
    ],
    bad: [
      cloud(alb, { ...forward, port: 80, protocol: "HTTP" }),
      cloud(alb, redirect()),
      cloud(alb, redirect("HTTP")),
      cloud(alb, { ...https, sslPolicy: undefined }),
      cloud(lb, { ...https, sslPolicy: "ELBSecurityPolicy-2016-08" }),
      cloud(lb, { ...https, protocol: "TLS", sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" }),
      cloud(lb, { ...forward, port: 9090, protocol: "TCP" }),
      cloud(lb, forward),
    ],
  },
};
