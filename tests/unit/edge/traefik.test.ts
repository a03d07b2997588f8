/** What Traefik is told: pure, so each promise of the edge is one line here. */
import { installConfig } from "../../../components/edge/install";
import { folders, hostsOf, routesConfig } from "../../../components/edge/traefik";
import { namespaceHeader } from "../../../components/names";

const routes = routesConfig({
  domain: "moat.example",
  httpsPort: 8443,
  readGatewayHost: "read-gateway.platform.svc",
  operatorQueryHost: "operator-query.platform.svc",
});
const install = installConfig({ httpsPort: 8443 });
const { routers, middlewares, services, serversTransports } = routes.http;

describe("entry points", () => {
  test("HTTP only redirects, to the port under which users reach HTTPS, for good", () => {
    expect(install.entryPoints.web.http.redirections.entryPoint).toEqual({
      to: ":8443",
      scheme: "https",
      permanent: true,
    });
    for (const { entryPoints } of Object.values(routers)) expect(entryPoints).toEqual(["websecure"]);
  });

  test("no port is one that only root may open", () => {
    for (const { address } of Object.values(install.entryPoints)) {
      expect(Number(address.slice(1))).toBeGreaterThan(1024);
    }
  });

  test("ping and metrics are on a port of their own", () => {
    expect(install.ping.entryPoint).toBe("metrics");
    expect(install.metrics.prometheus.entryPoint).toBe("metrics");
  });

  test("requests that two hops could read in two ways are refused", () => {
    for (const { http } of Object.values(install.entryPoints)) {
      expect(Object.values(http.encodedCharacters)).not.toContain(true);
      expect(http.aliasHeadersStrategy).toBe("delete");
    }
  });

  test("there is no dashboard, no API, no provider but the file, and nobody is called at home", () => {
    expect(install).not.toHaveProperty("api");
    expect(Object.keys(install.providers)).toEqual(["file"]);
    expect(install.global).toEqual({ checkNewVersion: false, sendAnonymousUsage: false });
  });

  test("the log has no header, so no token", () => {
    expect(install.accessLog.fields.headers).toEqual({ defaultMode: "drop" });
  });
});

describe("TLS", () => {
  test("is 1.2 or later, with forward secrecy, for known names only", () => {
    const { minVersion, cipherSuites, sniStrict } = routes.tls.options.default;
    expect(minVersion).toBe("VersionTLS12");
    expect(sniStrict).toBe(true);
    for (const suite of cipherSuites) expect(suite).toMatch(/^TLS_ECDHE_ECDSA_.*(GCM|POLY1305)/);
  });

  test("goes on to the read gateway, whose name and authority are checked", () => {
    expect(services["read-gateway"].loadBalancer.servers).toEqual([
      { url: "https://read-gateway.platform.svc:8443" },
    ]);
    expect(serversTransports["read-gateway"]).toMatchObject({
      serverName: "read-gateway.platform.svc",
      rootCAs: [`${folders.tls}/ca.crt`],
    });
    expect(JSON.stringify(routes)).not.toContain("insecureSkipVerify");
  });

  test("shows the gateway that it is the edge, and nobody else", () => {
    expect(serversTransports["read-gateway"].certificates).toEqual([
      { certFile: `${folders.identity}/tls.crt`, keyFile: `${folders.identity}/tls.key` },
    ]);
    expect(serversTransports["operator-query"]).not.toHaveProperty("certificates");
    // What it says of clients' addresses is what it saw, as nobody in front of it is believed.
    expect(JSON.stringify(install)).not.toMatch(/forwardedHeaders|proxyProtocol/);
  });
});

describe("routes", () => {
  test("tenants reach the API alone, by GET or a POST of bounded length", () => {
    expect(routers.metrics.rule).toBe(
      "Host(`metrics.moat.example`) && PathPrefix(`/api/v1/`) && " +
        "(Method(`GET`) || Method(`POST`) && HeaderRegexp(`Content-Length`, `^[0-9]{1,6}$`))",
    );
    expect(routers["too-large"].service).toBe("noop@internal");
  });

  test("the query UI is behind the password, which goes no further", () => {
    expect(routers.query.middlewares).toContain("operator-password");
    expect(middlewares["operator-password"].basicAuth.removeHeader).toBe(true);
  });

  test("every route limits its rate before it looks at a password or passes anything on", () => {
    for (const { middlewares: passed } of Object.values(routers)) {
      const [headers, rate = ""] = passed;
      expect(headers).toBe("answer-headers");
      expect(rate).toMatch(/-rate$/);
    }
  });

  test("what tenants' clients may do at once counts for each of them, before it is known who they are", () => {
    for (const bound of [middlewares["tenant-rate"].rateLimit, middlewares["tenant-load"].inFlightReq])
      expect(bound.sourceCriterion).toEqual({ ipStrategy: { ipv6Subnet: 64 } });
  });

  test("use only middlewares, services and transports that there are", () => {
    for (const { middlewares: passed, service } of Object.values(routers)) {
      for (const name of passed) expect(middlewares).toHaveProperty([name]);
      if (!service.endsWith("@internal")) expect(services).toHaveProperty([service]);
    }
    for (const { loadBalancer } of Object.values(services)) {
      expect(serversTransports).toHaveProperty([loadBalancer.serversTransport]);
    }
  });
});

describe("headers", () => {
  const stripped = (name: "tenant-headers" | "operator-headers") =>
    Object.entries(middlewares[name].headers.customRequestHeaders)
      .filter(([, value]) => value === "")
      .map(([header]) => header);

  test("the tenant's passes on the tenants' route and on no other", () => {
    expect(stripped("tenant-headers")).not.toContain(namespaceHeader);
    expect(stripped("operator-headers")).toContain(namespaceHeader);
  });

  test.each(["tenant-headers", "operator-headers"] as const)("%s takes away what says who one is", (name) => {
    expect(stripped(name)).toEqual(
      expect.arrayContaining([
        "X-Remote-User",
        "X-Remote-Groups",
        "X-Scope-OrgID",
        "Thanos-Tenant",
        "Cookie",
      ]),
    );
  });

  test("answers carry what browsers need to know, and let no web page read them", () => {
    expect(middlewares["answer-headers"].headers).toMatchObject({
      stsSeconds: 31_536_000,
      contentTypeNosniff: true,
      frameDeny: true,
      customResponseHeaders: { "Access-Control-Allow-Origin": "" },
    });
  });
});

test("a query is asked again when a pod died under it, and not when it timed out", () => {
  expect(middlewares.again.retry).toMatchObject({ status: ["502"], retryNonIdempotentMethod: true });
});

test("hosts are below the domain", () => {
  expect(hostsOf("a.b")).toEqual({ metrics: "metrics.a.b", query: "query.a.b" });
});
