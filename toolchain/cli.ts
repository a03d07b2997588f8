/** Every command of the Makefile: `node --import tsx toolchain/cli.ts <command>`. Values come as environment variables. */
import { attack } from "./commands/attack";
import { bench } from "./commands/bench";
import { admission, check, e2e, e2eOpenStack, recovery, test } from "./commands/check";
import { crds } from "./commands/crds";
import { down } from "./commands/down";
import { env } from "./commands/env";
import { openstack, openstackDown } from "./commands/openstack";
import { preview } from "./commands/preview";
import { query } from "./commands/query";
import { resume } from "./commands/resume";
import { status } from "./commands/status";
import { token } from "./commands/token";
import { up } from "./commands/up";
import { messageOf, ToolError } from "./errors";
import { table } from "./progress";

interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly run: () => Promise<void>;
}

const commands: Readonly<Record<string, Command>> = {
  up: {
    usage: "make up [KUBECONFIG=file]",
    summary: "bring up the dev environment, on the embedded cluster or on your own",
    run: up,
  },
  down: {
    usage: "make down [WIPE=1]",
    summary: "remove all that up made; with WIPE=1 the caches too",
    run: down,
  },
  status: { usage: "make status", summary: "what runs, whether it is ready, and where it is", run: status },
  preview: {
    usage: "make preview [STACK=dev | EXAMPLE=eks]",
    summary: "what `make up` would change; what an example would make from nothing",
    run: preview,
  },
  resume: {
    usage: "make resume [STACK=prod]",
    summary: "take up what a killed pulumi up left: what was made goes into the state",
    run: resume,
  },
  query: {
    usage: "make query TENANT=alpha Q='up'",
    summary: "ask the read gateway as a tenant and print a table",
    run: query,
  },
  token: {
    usage: "make token TENANT=alpha",
    summary: "a token for a tenant's data source, valid for an hour",
    run: token,
  },
  env: {
    usage: 'eval "$(make -s env)"',
    summary: "makes plain pulumi and kubectl work on the environment",
    run: env,
  },
  check: {
    usage: "make check",
    summary: "types, style, unit and policy tests: about a minute, no cluster",
    run: check,
  },
  test: {
    usage: "make test",
    summary: "everything: check, Go, plugins, the environment end to end",
    run: test,
  },
  admission: {
    usage: "make admission",
    summary: "hold every rule's samples against a real API server: half a minute",
    run: admission,
  },
  e2e: { usage: "make e2e", summary: "the end-to-end tests alone", run: e2e },
  "e2e-openstack": {
    usage: "make e2e-openstack",
    summary: "the cluster of virtual machines on a real OpenStack that is started here: about 10 minutes",
    run: e2eOpenStack,
  },
  openstack: {
    usage: 'eval "$(make -s openstack [CLOUD=1])"',
    summary: "start Debian's Keystone and Swift for a look, or with CLOUD=1 nova and all it needs besides",
    run: openstack,
  },
  "openstack-down": {
    usage: "make openstack-down",
    summary: "take Keystone and Swift away",
    run: openstackDown,
  },
  attack: {
    usage: "make attack [MOAT_ATTACK_RUNS=500]",
    summary: "play a tenant who tries to get out, and report what came of it",
    run: attack,
  },
  recovery: {
    usage: "make recovery",
    summary: "break the embedded cluster in every way, and mend it by make up: about 20 minutes",
    run: recovery,
  },
  bench: { usage: "make bench", summary: "speed of preview, up and the read gateway", run: bench },
  crds: { usage: "make crds", summary: "fetch the Prometheus Operator's resource definitions", run: crds },
};

async function help(): Promise<void> {
  process.stdout.write(`${table(Object.values(commands).map((c) => [c.usage, c.summary]))}\n`);
}

async function main(): Promise<void> {
  const [name = "help"] = process.argv.slice(2);
  if (name === "help") return help();
  const command = commands[name];
  if (command === undefined) throw new ToolError(`there is no command ${name}`, "make help lists all");
  await command.run();
}

main().catch((error: unknown) => {
  const stack = error instanceof Error && !(error instanceof ToolError) ? `\n${error.stack ?? ""}` : "";
  process.stderr.write(`\nerror: ${messageOf(error)}${stack}\n`);
  process.exitCode = 1;
});
