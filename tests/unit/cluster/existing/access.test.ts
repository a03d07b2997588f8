/** Kubeconfigs of every kind, and what is asked with them. */
import { join } from "node:path";
import { accessOf, NoAccess } from "../../../../components/cluster/existing/access";
import { ask } from "../../../../components/cluster/existing/ask";
import { inspect } from "../../../../components/cluster/existing/check";
import { freePort } from "../../../../toolchain/freePort";
import { temporaryFolder, writeFile, writeKubeconfig } from "../../../support/kubeconfig";

const folder = temporaryFolder();
const wishes = { platformNamespace: "moat-system", tenants: [], crds: "ours" } as const;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Writes a kubeconfig with one context and returns its path. */
function kubeconfig(user: object | undefined, cluster: object = {}): string {
  return writeFile(
    folder,
    "kubeconfig",
    JSON.stringify({
      "current-context": "c",
      clusters: [{ name: "k", cluster: { server: "https://192.0.2.10:6443/", ...cluster } }],
      users: user === undefined ? null : [{ name: "u", user }],
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    }),
  );
}

const refusal = (path: string, context?: string): string => {
  try {
    accessOf(path, context);
  } catch (error) {
    if (error instanceof NoAccess) return `${error.reason} → ${error.mend}`;
    throw error;
  }
  return "";
};

describe("credentials", () => {
  test("a certificate in the file", () => {
    const user = { "client-certificate-data": base64("cert"), "client-key-data": base64("key") };
    expect(accessOf(kubeconfig(user, { "certificate-authority-data": base64("ca") }), undefined)).toEqual({
      server: "https://192.0.2.10:6443",
      context: "c",
      ca: "ca",
      serverName: undefined,
      verify: true,
      certificate: "cert",
      key: "key",
      authorization: undefined,
    });
  });

  test("a certificate in files beside it", () => {
    writeFile(folder, "client.crt", "cert");
    writeFile(folder, "client.key", "key");
    const user = { "client-certificate": "client.crt", "client-key": "client.key" };
    expect(accessOf(kubeconfig(user), "c")).toMatchObject({ certificate: "cert", key: "key" });
  });

  test("a token, or a file with one", () => {
    writeFile(folder, "token", "from-a-file\n");
    expect(accessOf(kubeconfig({ token: "t" }), undefined).authorization).toBe("Bearer t");
    expect(accessOf(kubeconfig({ tokenFile: "token" }), undefined).authorization).toBe("Bearer from-a-file");
  });

  test("a name and a password", () => {
    const user = { username: "ada", password: "p" };
    expect(accessOf(kubeconfig(user), undefined).authorization).toBe(`Basic ${base64("ada:p")}`);
  });

  test("a program that gives them, told what kubectl would tell it", () => {
    const script = `const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      console.log(JSON.stringify({ status: { token: process.env.WHO + " " + info.kind + " " + info.apiVersion } }));`;
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: ["-e", script],
      env: [{ name: "WHO", value: "ada" }],
    };
    expect(accessOf(kubeconfig({ exec }), undefined).authorization).toBe(
      "Bearer ada ExecCredential client.authentication.k8s.io/v1",
    );
  });

  test("nobody at all", () => {
    expect(accessOf(kubeconfig(undefined), undefined).authorization).toBeUndefined();
  });

  test("a server that is not verified, or has another name, when the file says so", () => {
    const cluster = { "insecure-skip-tls-verify": true, "tls-server-name": "kubernetes" };
    expect(accessOf(kubeconfig({}, cluster), undefined)).toMatchObject({
      verify: false,
      serverName: "kubernetes",
    });
  });
});

describe("what cannot be used is refused in words", () => {
  const exec = (command: string, ...args: string[]) => ({
    exec: { apiVersion: "client.authentication.k8s.io/v1", command, args },
  });

  test.each<[string, () => string, RegExp]>([
    [
      "a program that is not there",
      () => kubeconfig(exec("moat-no-such-program")),
      /cannot be run: .*ENOENT → run it yourself: moat-no-such-program/,
    ],
    [
      "a program that fails",
      () => kubeconfig(exec(process.execPath, "-e", "console.error('not logged in'); process.exit(3)")),
      /failed: not logged in → run it yourself/,
    ],
    [
      "a program that says nothing of use",
      () => kubeconfig(exec(process.execPath, "-e", "0")),
      /did not answer with credentials/,
    ],
    [
      "a proxy",
      () => kubeconfig({}, { "proxy-url": "socks5://127.0.0.1:1" }),
      /goes through a proxy .* → set moat:cluster\.checks to false/,
    ],
    ["half a file", () => writeFile(folder, "half", "contexts: []"), /is no whole kubeconfig: clusters/],
  ])("%s", (_, path, expected) => {
    expect(refusal(path())).toMatch(expected);
  });

  test("a context of another file", () => {
    expect(refusal(kubeconfig({}), "elsewhere")).toMatch(
      /^context "elsewhere" of .* names a cluster that is not in it/,
    );
  });

  test("a certificate that is not there is told with its name", () => {
    const [problem] = inspect({
      ...wishes,
      kubeconfigPath: kubeconfig({ "client-certificate": "gone.crt" }),
    }).problems;
    expect(problem?.reason).toContain(join(folder, "gone.crt"));
  });
});

describe("asking", () => {
  test("nobody listens: each question has its answer, and the check its words", async () => {
    const server = `https://127.0.0.1:${await freePort()}`;
    const access = accessOf(kubeconfig({}, { server }), undefined);
    const question = { method: "GET", path: "/version" } as const;
    expect(ask(access, [question, question])).toEqual([
      { failure: "ECONNREFUSED" },
      { failure: "ECONNREFUSED" },
    ]);
    expect(inspect({ ...wishes, kubeconfigPath: kubeconfig({}, { server }) })).toMatchObject({
      problems: [
        {
          path: "moat:cluster.kubeconfig",
          reason: `the API server ${server} of context "c" cannot be reached: nothing listens there (ECONNREFUSED)`,
          mend: "start the cluster, or correct the kubeconfig; moat:cluster.checks: false previews without it",
        },
      ],
      warnings: [],
    });
  });

  test("another context is another server", () => {
    expect(accessOf(writeKubeconfig(folder, "two"), "there").context).toBe("there");
  });
});
