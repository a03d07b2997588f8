/** The way to Grafana: nothing but a login of its own lets anybody in, and guessing is slow. */
import { stringify } from "yaml";
import { recordNames } from "../../../components/edge/dns/records";
import { folders, hostsOf, routesConfig } from "../../../components/edge/traefik";
import { namespaceHeader } from "../../../components/names";
import { violationsIn } from "../../support/judged";

const settings = {
  domain: "moat.example",
  httpsPort: 443,
  readGatewayHost: "read-gateway.moat.svc",
  operatorQueryHost: "operator-query.moat.svc",
};
const place = { host: "grafana.moat.example", serviceHost: "grafana.moat.svc" };
const withGrafana = routesConfig({ ...settings, grafana: place });
const { routers, middlewares, services, serversTransports } = withGrafana.http;

test("there is no such route, name or record where there is no Grafana", () => {
  expect(stringify(routesConfig(settings))).not.toMatch(/grafana/);
  expect(Object.keys(hostsOf("moat.example"))).not.toContain("grafana");
  expect(recordNames("moat.example", "perHost", { grafana: true })).toContain("grafana.moat.example");
});

test("uses only middlewares, services and transports that there are", () => {
  for (const name of ["grafana", "grafana-login"] as const) {
    const router = routers[name];
    expect(router?.service).toBe("grafana");
    for (const passed of router?.middlewares ?? []) expect(middlewares).toHaveProperty([passed]);
  }
  expect(services).toHaveProperty("grafana.loadBalancer.serversTransport", "grafana");
});

test("the login is limited far below the rest, and is asked first", () => {
  const limits: Readonly<Record<string, unknown>> = middlewares;
  expect(routers["grafana-login"]?.middlewares).toContain("login-rate");
  expect(limits["login-rate"]).toEqual({ rateLimit: { average: 2, burst: 40 } });
  expect(routers).toMatchObject({ "grafana-login": { priority: 2000 }, grafana: { priority: 1000 } });
});

test("metrics are not shown", () => {
  expect(routers.grafana?.rule).toBe("Host(`grafana.moat.example`) && !PathPrefix(`/metrics`)");
});

test("no header says who one is, and no request is sent twice: some of them write", () => {
  expect(middlewares).toMatchObject({
    "grafana-headers": {
      headers: {
        customRequestHeaders: {
          "X-WEBAUTH-USER": "",
          "X-JWT-Assertion": "",
          Authorization: "",
          [namespaceHeader]: "",
        },
      },
    },
  });
  expect(routers.grafana?.middlewares).not.toContain("again");
});

test("Grafana's name and authority are checked", () => {
  expect(serversTransports).toMatchObject({
    grafana: { serverName: "grafana.moat.svc", rootCAs: [`${folders.tls}/ca.crt`] },
  });
});

test("the pack has nothing to say of the routes", () => {
  const inputs = {
    metadata: { name: "edge", namespace: "moat" },
    data: { "routes.yml": stringify(withGrafana) },
  };
  const made = [{ type: "kubernetes:core/v1:ConfigMap", name: "edge", custom: true, inputs }];
  expect(violationsIn(made)).toEqual([]);
});
