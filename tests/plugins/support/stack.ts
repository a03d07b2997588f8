/** A Pulumi stack of its own: the real CLI, our plugins, state in a temporary folder. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openstackPluginFile } from "../../../toolchain/engine";
import { program, root } from "../../../toolchain/paths";
import { replaceLink } from "../../../toolchain/store";

/** What one command of the CLI did. */
export interface Outcome {
  /** Everything it printed. */
  readonly text: string;
  /** Operations by kind: { create: 1, same: 2 }. */
  readonly changes: Readonly<Record<string, number>>;
  /** Operations that change something, in order: "create-replacement kubernetes:core/v1:Service name". */
  readonly steps: readonly string[];
  /** What plugins and the engine said, each message with its severity: "error: …". */
  readonly messages: readonly string[];
}

type Command = "up" | "preview" | "refresh" | "destroy";

export interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly initErrors?: readonly string[];
  readonly protect?: boolean;
}

interface EngineEvent {
  readonly summaryEvent?: { readonly resourceChanges?: Record<string, number> };
  readonly resourcePreEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
}

const preamble = `
const pulumi = require("@pulumi/pulumi");
const lazy = (name) => new Proxy({}, { get: (_, key) => require(name)[key] });
const k8s = lazy("@pulumi/kubernetes"), random = lazy("@pulumi/random"), tls = lazy("@pulumi/tls");
`;

/** In milliseconds, and below jest's own. A command that hangs is stopped, so that the test says what it printed. */
const longestRun = 500_000;

export class Stack {
  readonly dir = mkdtempSync(join(tmpdir(), "moat-plugins-"));
  private runs = 0;

  /** `longest` is the time in ms after which a command is taken to hang. */
  constructor(
    private readonly env: NodeJS.ProcessEnv = {},
    private readonly longest = longestRun,
  ) {
    const bin = join(this.dir, "bin");
    mkdirSync(bin);
    for (const name of ["pulumi", "kube"]) {
      symlinkSync(program(name), join(bin, name));
    }
    symlinkSync(program("plugins"), join(bin, "pulumi-language-nodejs"));
    // All that the packages in node_modules ask for: the engine tries to download what it misses.
    for (const name of ["aws", "docker", "kubernetes", "openstack", "random", "tls"]) {
      this.install(name);
    }
    symlinkSync(join(root, "node_modules"), join(this.dir, "node_modules"));
    mkdirSync(join(this.dir, "state"));
    this.write(
      "Pulumi.yaml",
      "name: test\nmain: index.js\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    this.write("Pulumi.test.yaml", "config: {}\n");
    this.program("");
  }

  /** Installs our program as the plugin of a provider, as `pulumi plugin install --file` would. */
  private install(name: string): void {
    const file = this.plugin(name);
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(program("plugins"), file);
  }

  private plugin(name: string): string {
    return join(this.dir, `home/plugins/resource-${name}-v${versionOf(name)}/pulumi-resource-${name}`);
  }

  /** Takes the plugin that really checks, and would really make things, instead of the stand-in for previews. */
  withOpenStack(): this {
    replaceLink(realpathSync(openstackPluginFile()), this.plugin("openstack"));
    return this;
  }

  /** Takes a provider that makes nothing and remembers everything: ./recorder.ts. */
  withRecorder(name: string): this {
    const file = this.plugin(name);
    rmSync(file, { force: true });
    const tsx = join(root, "node_modules/tsx/dist/cjs/index.cjs");
    const script = `#!/bin/sh\nexec node --require ${tsx} ${join(__dirname, "recorder.ts")} "$@"\n`;
    writeFileSync(file, script, { mode: 0o755 });
    return this;
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.dir, name), text);
  }

  program(source: string): void {
    this.write("index.js", preamble + source);
  }

  async init(): Promise<this> {
    const done = await this.pulumi(["stack", "init", "test"]);
    if (!done.ok) {
      throw new Error(done.text);
    }
    return this;
  }

  /** The commands throw with what they printed when they fail. */
  async up(source: string, ...flags: string[]): Promise<Outcome> {
    return this.succeeding("up", source, flags);
  }

  async preview(source: string, ...flags: string[]): Promise<Outcome> {
    return this.succeeding("preview", source, flags);
  }

  async refresh(...flags: string[]): Promise<Outcome> {
    return this.succeeding("refresh", undefined, flags);
  }

  async destroy(): Promise<Outcome> {
    return this.succeeding("destroy", undefined, []);
  }

  /** Takes the lock away that a killed run has left. */
  async cancel(): Promise<void> {
    await this.pulumi(["cancel", "--yes", "test"]);
  }

  /** A command that must fail. */
  async failing(command: Command, source?: string, ...flags: string[]): Promise<Outcome> {
    const { ok, outcome } = await this.operation(command, source, flags);
    if (ok) {
      throw new Error(`pulumi ${command} should have failed:\n${outcome.text}`);
    }
    return outcome;
  }

  /** Resources in the state, without the stack and the providers. */
  async resources(): Promise<ResourceState[]> {
    const file = join(this.dir, "export.json");
    await this.pulumi(["stack", "export", "--file", file]);
    const state: { deployment: { resources?: ResourceState[] } } = JSON.parse(readFileSync(file, "utf8"));
    return (state.deployment.resources ?? []).filter((r) => !r.type.startsWith("pulumi:"));
  }

  async outputs(): Promise<Record<string, unknown>> {
    const done = await this.pulumi(["stack", "output", "--json", "--show-secrets"]);
    return JSON.parse(done.text);
  }

  /** Removes the folder. What the stack has made stays, for whoever stops the servers that it is on. */
  abandon(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Destroys what is left and removes the folder. */
  async close(): Promise<void> {
    if (this.hasMade()) {
      this.program("");
      await this.destroy();
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Most stacks are only previewed. */
  private hasMade(): boolean {
    const file = join(this.dir, "state/.pulumi/stacks/test/test.json");
    return existsSync(file) && /"resources"|"pending_operations"/.test(readFileSync(file, "utf8"));
  }

  private async succeeding(command: Command, source: string | undefined, flags: string[]): Promise<Outcome> {
    const { ok, outcome } = await this.operation(command, source, flags);
    if (!ok) {
      throw new Error(`pulumi ${command} failed:\n${outcome.text}`);
    }
    return outcome;
  }

  private async operation(
    command: Command,
    source: string | undefined,
    flags: string[],
  ): Promise<{ ok: boolean; outcome: Outcome }> {
    if (source !== undefined) {
      this.program(source);
    }
    const log = join(this.dir, `events-${this.runs++}.json`);
    const yes = command === "preview" || flags.includes("--preview-only") ? [] : ["--yes", "--skip-preview"];
    const done = await this.pulumi([command, "--stack", "test", "--event-log", log, ...yes, ...flags]);
    return { ok: done.ok, outcome: { text: done.text, ...readEvents(log) } };
  }

  start(args: string[]): ChildProcess {
    return spawn(join(this.dir, "bin/pulumi"), [...args, "--non-interactive"], {
      cwd: this.dir,
      env: {
        ...process.env,
        PATH: `${join(this.dir, "bin")}:${process.env.PATH}`,
        PULUMI_HOME: join(this.dir, "home"),
        PULUMI_BACKEND_URL: `file://${join(this.dir, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DEBUG_COMMANDS: "true", // shows the flag --event-log
        ...this.env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: this.longest,
    });
  }

  async pulumi(args: string[]): Promise<{ ok: boolean; text: string }> {
    const child = this.start(args);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
    }
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    });
    return { ok: code === 0, text };
  }
}

function readEvents(log: string): Pick<Outcome, "changes" | "steps" | "messages"> {
  let changes: Record<string, number> = {};
  const steps: string[] = [];
  const messages: string[] = [];
  for (const line of readLines(log)) {
    const event: EngineEvent = JSON.parse(line);
    changes = event.summaryEvent?.resourceChanges ?? changes;
    const step = event.resourcePreEvent?.metadata;
    if (step && step.op !== "same" && !step.type.startsWith("pulumi:")) {
      steps.push(`${step.op} ${step.type} ${step.urn.split("::").at(-1)}`);
    }
    if (event.diagnosticEvent) {
      messages.push(`${event.diagnosticEvent.severity}: ${event.diagnosticEvent.message.trim()}`);
    }
  }
  return { changes, steps, messages };
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    return []; // the command failed before there was anything to tell
  }
}

/** The version of a provider's package, under which its plugin must be installed. */
function versionOf(name: string): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(root, "node_modules/@pulumi", name, "package.json"), "utf8"),
  );
  return manifest.version;
}
