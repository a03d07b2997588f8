/** What runbooks tell people to type exists: commands with their options, targets, programs, alerts, keys of the configuration. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gatewayAudience, namespaceHeader, programs } from "../../components/names";
import { dataSourceAccount } from "../../components/tenancy/tenant";
import { secretKeys } from "../../config/secrets";
import { configShape } from "../../docs/configReference";
import { program } from "../../toolchain/paths";
import { optionsOf, runbooks, words } from "../support/runbooks";

const root = resolve(__dirname, "../..");
const all = runbooks.flatMap(({ name, commands }) => commands.map((command) => ({ name, command })));
const of = (first: string) => all.filter(({ command }) => words(command)[0] === first);

/** A test that asks a program of the toolchain for its help. */
function testAsking(name: string): typeof test | typeof test.skip {
  if (existsSync(program(name))) return test;
  process.stderr.write(`skipped: ${name} was not fetched or built yet: make up\n`);
  return test.skip;
}

const saidBy = (name: string, ...args: string[]): string => {
  const { stdout, stderr } = spawnSync(program(name), args, { encoding: "utf8", maxBuffer: 1e7 });
  return stdout + stderr;
};
const helpOf = (name: string, ...args: string[]): string => saidBy(name, ...args, "--help");

/** Whether help lists an option as one of its own. */
const lists = (help: string, option: string): boolean =>
  new RegExp(`(^|[\\s,])${option.replace(/^--/, "--(\\[no-\\])?")}([\\s=,\\[]|$)`, "m").test(help);

test("there is one for everything that an environment meets", () => {
  expect(runbooks.map(({ name }) => name)).toEqual([
    "README.md",
    "add-a-tenant.md",
    "alerts.md",
    "bootstrap.md",
    "drift.md",
    "leave.md",
    "lose-a-zone.md",
    "lose-the-state.md",
    "restore-from-bucket.md",
    "rotate-secrets.md",
    "upgrade.md",
  ]);
});

test.each(runbooks.filter(({ name }) => !["README.md", "alerts.md"].includes(name)))(
  "$name says when, what is needed, how to check, and how to go back",
  ({ text }) => {
    for (const part of ["**When**", "**You need**", "Check", "Go back"]) expect(text).toContain(part);
  },
);

test("they hold commands to try", () => {
  expect(of("pulumi").length).toBeGreaterThan(30);
  expect(of("kubectl").length).toBeGreaterThan(20);
});

testAsking("pulumi")("Pulumi knows each command and its options", () => {
  const groups = ["stack", "config", "state"];
  const helps = new Map<string, string>();
  const wrong = of("pulumi").flatMap(({ name, command }) => {
    const [, first = "", second = ""] = words(command);
    const sub = groups.includes(first) && /^[a-z]/.test(second) ? [first, second] : [first];
    const help = helps.get(sub.join(" ")) ?? helpOf("pulumi", ...sub);
    helps.set(sub.join(" "), help);
    // Where it does not know a command, it shows the help of what stands above.
    const there =
      help.includes(`pulumi ${sub.join(" ")} `) ||
      (first === "stack" && second === "init" && help.includes("pulumi stack new"));
    return [
      ...(there ? [] : [`${name}: ${command}: no such command`]),
      ...optionsOf(command).flatMap((o) => (lists(help, o) ? [] : [`${name}: ${command}: no ${o}`])),
    ];
  });
  expect(wrong).toEqual([]);
});

testAsking("pulumi")("an option that there is not would be seen", () => {
  const help = helpOf("pulumi", "refresh");
  expect([lists(help, "--preview-only"), lists(help, "--preview"), lists(help, "--no-such")]).toEqual([
    true,
    false,
    false,
  ]);
});

testAsking("kubectl")("kubectl knows each command and its options", () => {
  const groups = ["create", "rollout"];
  const everywhere = saidBy("kubectl", "options");
  const helps = new Map<string, string>();
  const wrong = of("kubectl").flatMap(({ name, command }) => {
    // The namespace may stand before the command.
    const [, first = "", second = ""] = words(command.replace(/^kubectl -n \S+ /, "kubectl "));
    const sub = groups.includes(first) ? [first, second] : [first];
    const help = helps.get(sub.join(" ")) ?? helpOf("kubectl", ...sub);
    helps.set(sub.join(" "), help);
    return [
      ...(help.includes(`kubectl ${sub.join(" ")}`) ? [] : [`${name}: ${command}: no such command`]),
      ...optionsOf(command.replace(/ -n \S+/, "")).flatMap((o) =>
        lists(help, o) || lists(everywhere, o) ? [] : [`${name}: ${command}: no ${o}`],
      ),
    ];
  });
  expect(wrong).toEqual([]);
});

testAsking("thanos")("Thanos knows each tool and its options", () => {
  const wrong = of("thanos").flatMap(({ command }) => {
    const [, ...rest] = words(command);
    const sub = rest.slice(0, 3);
    const help = helpOf("thanos", ...sub);
    return optionsOf(command).filter((o) => !lists(help, o));
  });
  expect(of("thanos").length).toBeGreaterThan(2);
  expect(wrong).toEqual([]);
});

test("make has each target", () => {
  const [, targets = ""] = /^\.PHONY: (.*)$/m.exec(readFileSync(join(root, "Makefile"), "utf8")) ?? [];
  expect(targets.split(" ")).toEqual(
    expect.arrayContaining(of("make").map(({ command }) => words(command)[1])),
  );
});

describe("names", () => {
  const text = runbooks.map((r) => r.text).join("\n");

  test("of programs and their volumes are those that are made", () => {
    const typed = of("kubectl")
      .map(({ command }) => command)
      .join("\n");
    const named = [...typed.matchAll(/ (?:statefulset|deployment|pod|exec) ([a-z][-a-z0-9]+)/g)].map(
      ([, n = ""]) => n.replace(/-\d$/, ""),
    );
    const claims = [...text.matchAll(/\b(?:data-|prometheus-\w+-db-)([a-z][-a-z0-9]*?)-\d\b/g)].map(
      ([, n = ""]) => n,
    );
    expect([...named, ...claims].length).toBeGreaterThan(8);
    expect(Object.values<string>(programs)).toEqual(expect.arrayContaining([...named, ...claims]));
  });

  test("of alerts are those that fire", () => {
    const known = [
      ...(runbooks.find(({ name }) => name === "alerts.md")?.text ?? "").matchAll(/^## (\w+)/gm),
    ].map(([, n]) => n);
    const named = [...text.matchAll(/alert\s+`(\w+)`|alerts? `(\w+)`/g)].map(([, a, b]) => a ?? b);
    expect(named.length).toBeGreaterThan(1);
    expect(known).toEqual(expect.arrayContaining(named.filter((n) => n !== "info")));
  });

  test("of keys of the configuration are in its schema", () => {
    const keys = [...text.matchAll(/moat:([a-z]\w*(?:\.\w+)*)/g)].map(([, key = ""]) => key);
    expect(keys.length).toBeGreaterThan(10);
    expect(keys.filter((key) => !hasKey(configShape, key.split(".")))).toEqual([]);
  });

  test("of secrets are those that there are", () => {
    const named = [...text.matchAll(/config set --secret (\w+)/g)].map(([, key]) => key);
    expect(Object.keys(secretKeys)).toEqual(expect.arrayContaining(named));
  });

  test("of the way in for tenants are those of the gateway", () => {
    expect(text).toContain(`--audience=${gatewayAudience}`);
    expect(text).toContain(`'${namespaceHeader}: `);
    expect(text).toContain(`create token ${dataSourceAccount} `);
  });

  test("of outputs are those of the program", () => {
    const exported = [...readFileSync(join(root, "index.ts"), "utf8").matchAll(/^export const (\w+)/gm)].map(
      ([, n]) => n,
    );
    const named = [...text.matchAll(/stack output ([a-z]\w+)/g)].map(([, n]) => n);
    expect(exported).toEqual(expect.arrayContaining(named));
  });

  test("of what is made anew are those of resources", () => {
    const named = [...text.matchAll(/--replace '\*\*([a-z-]+)'/g)].map(([, n = ""]) => n);
    expect(named).toEqual(expect.arrayContaining(["edge-password", "private-ca-key", "object-store-key"]));
    const code = [
      "components/cluster/openstack/credential.ts",
      "components/cluster/openstack/authority.ts",
      "components/edge/edge.ts",
      "components/trust/privateCa.ts",
      "components/storage/swift.ts",
      "components/storage/aws.ts",
    ]
      .map((file) => readFileSync(join(root, file), "utf8"))
      .join("\n");
    // A part's name is its component's and what stands in the code.
    for (const n of named) expect(code).toContain(`-${n.split("-").at(-1)}\``);
  });
});

type Shape = typeof configShape;

/** Whether a key is somewhere in the schema, in any kind of what holds it. */
function hasKey(shape: Shape, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  const any = typeof shape.additionalProperties === "object" ? [shape.additionalProperties] : [];
  const own = shape.properties?.[first];
  const below = [...(typeof own === "object" ? [own] : []), ...any];
  const kinds = (shape.oneOf ?? []).flatMap((kind) => (typeof kind === "object" ? [kind] : []));
  return below.some((inner) => hasKey(inner, rest)) || kinds.some((kind) => hasKey(kind, [first, ...rest]));
}
