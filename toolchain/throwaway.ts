/**
 * A preview from nothing: a configuration, the real engine and the policy pack, in a stack that is there for the moment only. Nobody's
 * state, passphrase or file is touched, and nothing of a cloud or a cluster is asked for.
 */
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { secretKeys } from "../config/secrets";
import { ToolError } from "./errors";
import { cache, local, program, root } from "./paths";
import { lastLines, type RunOptions, run } from "./shell";

export interface Throwaway {
  /** Name of the stack for the moment. */
  readonly name: string;
  /** A stack's file, as it is under version control: its secrets are missing. */
  readonly file: string;
  /** Further variables for providers. Default: none. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What a preview has found. */
export interface Previewed {
  /** Whether the engine would go on to an update. */
  readonly accepted: boolean;
  /** Resources that would be made. */
  readonly resources: number;
  /** Rules that were broken, by their ids, with the words of each. */
  readonly violations: readonly Violation[];
  /** Seconds of `pulumi preview`, from its start to its end. */
  readonly seconds: number;
  /** The end of what it said. */
  readonly said: string;
}

export interface Violation {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
}

/** Secrets are not in a stack's file, and `up` says so. A preview wants some value, and never hands it to anybody. */
const standIn = "not-a-secret-but-a-stand-in-for-a-preview";

export async function previewFromNothing(from: Throwaway, { show = true } = {}): Promise<Previewed> {
  const folder = mkdtempSync(join(tmpdir(), "moat-preview-"));
  try {
    layOut(folder, from);
    const env = { ...process.env, ...environmentOf(folder), ...from.env };
    const pulumi = (args: readonly string[], options: RunOptions = {}) =>
      run(program("pulumi"), ["--non-interactive", ...args], { ...options, cwd: folder, env });
    const must = async (...args: string[]): Promise<void> => {
      const { code, stdout, stderr } = await pulumi(args);
      if (code !== 0)
        throw new ToolError(`pulumi ${args[0]} failed (${code})\n${lastLines(stderr + stdout)}`);
    };
    await must("stack", "init", from.name);
    const secrets = Object.keys(secretKeys).flatMap((key) => ["--secret", `${key}=${standIn}`]);
    await must("config", "set-all", "--stack", from.name, ...secrets);

    const log = join(folder, "events.json");
    const begun = Date.now();
    const { code, stdout, stderr } = await pulumi(
      ["preview", "--stack", from.name, "--policy-pack", join(root, "policies"), "--event-log", log],
      { show },
    );
    const seconds = (Date.now() - begun) / 1000;
    return { ...told(log), accepted: code === 0, seconds, said: lastLines(stderr + stdout, 60) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const projectFile = z.looseObject({ name: z.string() });
const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** A project's folder with the program of this one. */
function layOut(folder: string, { name, file }: Throwaway): void {
  for (const part of ["index.ts", "package.json", "node_modules"])
    symlinkSync(join(root, part), join(folder, part));
  mkdirSync(join(folder, "state"));
  mkdirSync(join(folder, ".moat"));
  symlinkSync(local.crds, join(folder, ".moat/crds"));
  const project = projectFile.parse(parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")));
  writeFileSync(join(folder, "Pulumi.yaml"), stringify({ ...project, main: entry.file }));
  writeFileSync(join(folder, entry.file), entry.program);
  const { config } = stackFile.parse(parse(readFileSync(file, "utf8")));
  writeFileSync(join(folder, `Pulumi.${name}.yaml`), stringify({ config: atFullStrictness(config) }));
}

/**
 * The official plugin for AWS would ask who calls before it looks at anything. Here nobody does: what it checks, it checks by its own
 * schemas.
 */
const entry = {
  file: "preview.js",
  program: `const { runtime } = require("@pulumi/pulumi");
const nobody = { accessKey: "nobody", secretKey: "nobody", skipCredentialsValidation: true, skipRequestingAccountId: true, skipMetadataApiCheck: true };
runtime.registerStackTransformation(({ type, props, opts }) =>
  type === "pulumi:providers:aws" ? { props: { ...props, ...nobody }, opts } : undefined);
module.exports = require("./index.ts");
`,
} as const;

/** With every rule mandatory but those that the file names itself. */
function atFullStrictness(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const written = config["moat:policies"];
  const policies = typeof written === "object" && written !== null ? written : {};
  return { ...config, "moat:policies": { ...policies, level: "mandatory" } };
}

const environmentOf = (folder: string): Record<string, string> => ({
  PATH: `${cache.bin}:${process.env.PATH ?? ""}`,
  PULUMI_HOME: cache.pulumi,
  PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
  PULUMI_SKIP_UPDATE_CHECK: "true",
  // Shows the flag --event-log.
  PULUMI_DEBUG_COMMANDS: "true",
});

const eventLine = z.looseObject({
  summaryEvent: z.looseObject({ resourceChanges: z.record(z.string(), z.number()).optional() }).optional(),
  policyEvent: z
    .looseObject({ policyName: z.string(), enforcementLevel: z.string(), message: z.string() })
    .optional(),
});

/** What the engine wrote down while it worked: an event a line. */
export function told(log: string): Pick<Previewed, "resources" | "violations"> {
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
  const events = lines.filter((line) => line !== "").map((line) => eventLine.parse(JSON.parse(line)));
  return {
    resources: events.findLast((e) => e.summaryEvent)?.summaryEvent?.resourceChanges?.create ?? 0,
    violations: events.flatMap(({ policyEvent }) =>
      policyEvent === undefined
        ? []
        : [
            {
              rule: policyEvent.policyName,
              level: policyEvent.enforcementLevel,
              message: policyEvent.message,
            },
          ],
    ),
  };
}
