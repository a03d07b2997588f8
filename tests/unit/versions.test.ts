/** versions.ts is the one place for versions; whatever has to repeat one must repeat it rightly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import { edgeImages, type Image, imageRef, images, versions } from "../../versions";

const modules = {
  go: readFileSync(join(__dirname, "../../toolchain/go/go.mod"), "utf8"),
  "go-operator": readFileSync(join(__dirname, "../../toolchain/go-operator/go.mod"), "utf8"),
  "go-openstack": readFileSync(join(__dirname, "../../toolchain/go-openstack/go.mod"), "utf8"),
  "go-acme": readFileSync(join(__dirname, "../../toolchain/go-acme/go.mod"), "utf8"),
  "go-linters": readFileSync(join(__dirname, "../../toolchain/go-linters/go.mod"), "utf8"),
  "go-external-dns": readFileSync(join(__dirname, "../../toolchain/go-external-dns/go.mod"), "utf8"),
  guards: readFileSync(join(__dirname, "../../programs/guards/go.mod"), "utf8"),
};

function goVersion(module: string, folder: keyof typeof modules = "go"): string | undefined {
  const line = modules[folder].split("\n").find((l) => l.trim().startsWith(`${module} v`));
  return line?.trim().split(/\s+/)[1];
}

/** Prometheus 3.9.1 is published to Go as v0.309.1: https://github.com/prometheus/prometheus#prometheus-code-base */
const prometheusModule = (tag: string): string => {
  const [major, minor, patch] = tag.slice(1).split(".").map(Number);
  return `v0.${(major ?? 0) * 100 + (minor ?? 0)}.${patch}`;
};

describe("versions", () => {
  test("the engine and the SDK are the same", () => {
    expect(packageJson.dependencies["@pulumi/pulumi"]).toBe(versions.pulumi);
    expect(goVersion("github.com/pulumi/pulumi/pkg/v3")).toBe(`v${versions.pulumi}`);
    expect(goVersion("github.com/pulumi/pulumi/sdk/v3")).toBe(`v${versions.pulumi}`);
  });

  test.each([
    ["k8s.io/kubernetes", `v${versions.kubernetes}`],
    ["go.etcd.io/etcd/server/v3", `v${versions.etcd}`],
    ["github.com/coredns/coredns", `v${versions.coredns}`],
    ["github.com/prometheus/prometheus", prometheusModule(images.prometheus.tag)],
    ["github.com/thanos-io/thanos", images.thanos.tag],
    ["github.com/brancz/kube-rbac-proxy", images.kubeRbacProxy.tag],
    ["github.com/prometheus-community/prom-label-proxy", images.promLabelProxy.tag],
    ["github.com/versity/versitygw", images.s3.tag],
    ["github.com/prometheus/node_exporter", images.nodeExporter.tag],
  ])("what is built from %s is %s", (module, version) => {
    expect(goVersion(module)).toBe(version);
  });

  test("the operator and its reloader are one version, and its parts are of it", () => {
    expect(images.prometheusConfigReloader.tag).toBe(images.prometheusOperator.tag);
    const module = "github.com/prometheus-operator/prometheus-operator";
    for (const part of ["", "/pkg/apis/monitoring", "/pkg/client"])
      expect(goVersion(`${module}${part}`, "go-operator")).toBe(images.prometheusOperator.tag);
  });

  test("the guards are built from the very modules of Thanos and Prometheus, as those are built here", () => {
    const lines = (of: keyof typeof modules, form: RegExp) =>
      modules[of]
        .split("\n")
        .filter((line) => form.test(line))
        .map((line) => line.replace("// indirect", "").trim());
    const required = lines("guards", /^\t\S+ v\S+/);
    const replaced = lines("guards", /^\t\S+ => /);
    expect(required).toContain(`github.com/prometheus/prometheus ${prometheusModule(images.prometheus.tag)}`);
    expect(required).toContain(`github.com/thanos-io/thanos ${images.thanos.tag}`);
    // By which the operator puts namespaces into rules.
    const injector = `github.com/prometheus-community/prom-label-proxy ${images.promLabelProxy.tag}`;
    expect(required).toContain(injector);
    expect(lines("go-operator", /^\t\S+ v\S+/)).toContain(injector);
    expect(lines("go", /^\t\S+ v\S+/)).toEqual(expect.arrayContaining(required));
    expect(lines("go", /^\t\S+ => /)).toEqual(expect.arrayContaining(replaced));
    for (const form of [/^go \d/, /^godebug /]) expect(lines("guards", form)).toEqual(lines("go", form));
  });

  test("the guards' recipe has the Go of the toolchain", () => {
    const recipe = readFileSync(join(__dirname, "../../programs/guards/Dockerfile"), "utf8");
    const [, go] = /^go (\d+\.\d+)/m.exec(modules.guards) ?? [];
    expect(recipe).toMatch(new RegExp(`^FROM (--platform=\\S+ )?\\S+/golang:${go}\\.\\d+ AS build$`, "m"));
  });

  test("the plugin of OpenStack is built from what its package was made from", () => {
    const provider = "github.com/terraform-provider-openstack/terraform-provider-openstack";
    expect(goVersion(provider, "go-openstack")).toBe(`v${versions.openstackProvider}`);
  });

  test("certificates by ACME are tried with the cert-manager that the edge gets", () => {
    const version = goVersion("github.com/cert-manager/cert-manager", "go-acme");
    expect([edgeImages.certManager.tag, edgeImages.acmeSolver.tag]).toEqual([version, version]);
    expect(goVersion("github.com/letsencrypt/pebble/v2", "go-acme")).toBe(`v${versions.pebble}`);
  });

  test("external-dns is tried in the version of its image", () => {
    expect(goVersion("sigs.k8s.io/external-dns", "go-external-dns")).toBe(edgeImages.externalDns.tag);
  });

  test("workflows are read by the linter that is named", () => {
    expect(goVersion("github.com/rhysd/actionlint", "go-linters")).toBe(`v${versions.actionlint}`);
  });

  test("moto and all that it needs are pinned", () => {
    const file = readFileSync(join(__dirname, "../../toolchain/aws/requirements.txt"), "utf8");
    const lines = file.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines).toContain(`moto==${versions.moto}`);
    for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+==\d+(\.\w+)+$/);
  });

  test("every package and image is pinned to one version", () => {
    const wanted = Object.values({ ...packageJson.dependencies, ...packageJson.devDependencies });
    for (const version of wanted) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const all: Image[] = Object.values(images);
    for (const image of all) expect(imageRef(image)).toMatch(/^[a-z0-9.-]+\/[a-z0-9./-]+:v\d+\.\d+\.\d+$/);
  });
});
