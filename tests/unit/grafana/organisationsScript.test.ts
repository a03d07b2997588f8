/** The script that makes organisations, run against a server that answers as Grafana does. */
import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { dashboardProviders, dataSources } from "../../../components/grafana/provisioning";
import { environment } from "../../support/environment";
import { testWith } from "../../support/tools";

const script = join(__dirname, "../../../components/grafana/files/organisations.sh");
const scripted = testWith("curl");
const password = "s3cret of the administrator";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moat-organisations-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What of Grafana's API the script asks, on organisations that are there already. */
class Grafana {
  readonly asked: string[] = [];
  private server: Server | undefined;
  constructor(
    readonly organisations: Map<string, number>,
    /** The password in its database. */
    public password: string,
    /** Organisations that another replica makes in the very moment in which they are asked for. */
    private readonly raced: readonly string[] = [],
  ) {}

  async listen(): Promise<string> {
    const server = createServer((request, response) => {
      void this.answer(request).then(([status, body]) => {
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      });
    });
    this.server = server;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/api`;
  }

  close(): void {
    this.server?.close();
  }

  private async answer(request: IncomingMessage): Promise<[number, object]> {
    const path = (request.url ?? "").replace(/^\/api/, "");
    this.asked.push(`${request.method} ${path}`);
    if (path === "/health") return [200, { database: "ok" }];
    const wanted = `Basic ${Buffer.from(`admin:${this.password}`).toString("base64")}`;
    if (request.headers.authorization !== wanted) return [401, { message: "Invalid username or password" }];
    if (path === "/org") return [200, { id: 1, name: "Main Org." }];
    if (path === "/orgs") return this.make(await bodyOf(request));
    const name = decodeURIComponent(path.replace("/orgs/name/", ""));
    const id = this.organisations.get(name);
    return id === undefined
      ? [404, { message: "Organization not found" }]
      : [200, { id, name, address: { address1: "", city: "" } }];
  }

  private make(body: string): [number, object] {
    const { name } = JSON.parse(body);
    const taken = this.organisations.has(name) || this.raced.includes(name);
    // Numbers of attempts that failed are never given again.
    if (!this.organisations.has(name)) this.organisations.set(name, 7 + 2 * this.organisations.size);
    return taken
      ? [409, { message: "Organization name taken" }]
      : [200, { orgId: this.organisations.get(name), message: "Organization created" }];
  }
}

const bodyOf = (request: IncomingMessage): Promise<string> =>
  new Promise((done) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => done(text));
  });

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the script beside the templates of the tenants, with a server that runs until it is ended. */
async function run(grafana: Grafana, tenants: readonly string[], server = "exec sleep 60"): Promise<Ended> {
  const api = await grafana.listen();
  const config = join(folder, "config");
  const programs = join(folder, "bin");
  for (const made of [config, programs]) mkdirSync(made, { recursive: true });
  cpSync(script, join(config, "organisations.sh"));
  writeFileSync(join(config, "organisations"), tenants.map((name) => `${name}\n`).join(""));
  for (const name of tenants) {
    const tenant = { name, namespaces: [name] as const };
    const source = dataSources({ tenant, gatewayHost: "gateway", gatewayPort: 8443, config: environment() });
    writeFileSync(join(config, `datasources.${name}.yaml`), stringify(source));
    writeFileSync(join(config, `dashboards.${name}.yaml`), stringify(dashboardProviders({ name })));
  }
  executable(join(folder, "server.sh"), server);
  // `grafana cli admin reset-admin-password` changes the database; the test does so when it is told.
  executable(join(programs, "grafana"), `echo "$@" > ${folder}/reset; cat > ${folder}/reset-to; sleep 1`);
  // Notes the words of its command line, which others see.
  executable(join(programs, "curl"), `echo "$@" >> ${folder}/words; PATH=\${PATH#*:} exec curl "$@"`);
  writeFileSync(join(folder, "password"), password);
  const child = spawn("/bin/sh", [join(config, "organisations.sh"), join(folder, "server.sh")], {
    env: {
      PATH: `${programs}:${process.env.PATH}`,
      API: api,
      ADMIN_PASSWORD_FILE: join(folder, "password"),
      PROVISIONING: join(folder, "provisioning"),
      GF_PATHS_HOME: "/usr/share/grafana",
      GF_PATHS_CONFIG: "/etc/grafana-config/grafana.ini",
    },
  });
  let said = "";
  const hear = (chunk: Buffer) => {
    said += chunk.toString();
    return undefined;
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const reset = setInterval(() => {
    if (existsSync(join(folder, "reset-to")))
      grafana.password = readFileSync(join(folder, "reset-to"), "utf8");
  }, 100);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearInterval(reset);
  grafana.close();
  return { code, said };
}

function executable(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

const provisioned = (kind: string, tenant: string) =>
  parse(readFileSync(join(folder, "provisioning", kind, `${tenant}.yaml`), "utf8"));

scripted(
  "makes what is missing, keeps what is there, and writes each tenant's files with its number",
  async () => {
    const grafana = new Grafana(new Map([["alpha", 3]]), password);
    const { code, said } = await run(grafana, ["alpha", "beta"]);
    expect(said).toContain(
      "organisations.sh: alpha is organisation 3\norganisations.sh: beta is organisation 9\n",
    );
    expect(code).toBe(0);
    expect(grafana.asked.filter((a) => a.startsWith("POST"))).toEqual(["POST /orgs"]);
    expect(provisioned("datasources", "alpha").datasources[0].orgId).toBe(3);
    expect(provisioned("datasources", "beta").datasources[0].orgId).toBe(9);
    expect(provisioned("dashboards", "beta").providers[0].orgId).toBe(9);
  },
);

scripted("goes on when another replica makes one at the same time", async () => {
  const { code, said } = await run(new Grafana(new Map(), password, ["alpha"]), ["alpha"]);
  expect(code).toBe(0);
  expect(said).toContain("organisations.sh: alpha is organisation 7\n");
});

scripted(
  "puts the administrator's password right when the database has another, and shows it to nobody",
  async () => {
    const { code, said } = await run(new Grafana(new Map(), "of the first start"), ["alpha"]);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "reset"), "utf8")).toContain(
      "reset-admin-password --password-from-stdin",
    );
    expect(readFileSync(join(folder, "reset"), "utf8")).not.toContain(password);
    const words = readFileSync(join(folder, "words"), "utf8");
    expect(words).toContain("/api/org\n");
    for (const secret of [password, Buffer.from(`admin:${password}`).toString("base64")]) {
      expect(said).not.toContain(secret);
      expect(words).not.toContain(secret);
    }
  },
);

scripted("without tenants there is nothing to make", async () => {
  const { code } = await run(new Grafana(new Map(), password), []);
  expect(code).toBe(0);
});

scripted("says so when the server ends, and fails, so that the pod is tried again", async () => {
  const dead = new Grafana(new Map(), password);
  const real = dead.listen.bind(dead);
  // Nobody answers at this address any more.
  dead.listen = async () => {
    const api = await real();
    dead.close();
    return api;
  };
  const { code, said } = await run(dead, ["alpha"], "exit 1");
  expect(code).toBe(1);
  expect(said).toContain("Grafana ended");
});
