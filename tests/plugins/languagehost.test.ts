/** The stand-in for pulumi-language-nodejs, with the real Pulumi CLI. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Stack } from "./support/stack";

let stack: Stack;
beforeEach(async () => {
  stack = await new Stack().init();
});
afterEach(() => stack.close());

const project = (options: string): string =>
  `name: test\nmain: index.ts\nruntime: { name: nodejs, options: ${options} }\n`;

test("runs TypeScript through the loader of nodeargs, with config, secrets and the names of project and stack", async () => {
  stack.write(
    "Pulumi.yaml",
    project("{ typescript: false, nodeargs: \"--require tsx/cjs --title 'a title'\" }"),
  );
  stack.write("Pulumi.test.yaml", "config:\n  test:colour: blue\n  test:list: [1, 2]\n");
  stack.write(
    "index.ts",
    `import * as pulumi from "@pulumi/pulumi";
     const config = new pulumi.Config();
     enum Loader { tsx = "tsx" }
     export const seen = { loader: Loader.tsx, title: process.title, colour: config.require("colour"),
       list: config.requireObject<number[]>("list"), project: pulumi.getProject(), stack: pulumi.getStack() };
     export const dryRun = pulumi.runtime.isDryRun();`,
  );
  await stack.pulumi(["config", "set", "--secret", "password", "hunter2", "--stack", "test"]);
  await stack.up("");
  expect(await stack.outputs()).toEqual({
    seen: { loader: "tsx", title: "a title", colour: "blue", list: [1, 2], project: "test", stack: "test" },
    dryRun: false,
  });
  await stack.preview('exports.password = new pulumi.Config().requireSecret("password");');
});

test("a secret of the config stays secret", async () => {
  await stack.pulumi(["config", "set", "--secret", "password", "hunter2", "--stack", "test"]);
  const { text } = await stack.up('exports.password = new pulumi.Config().requireSecret("password");');
  expect(text).toMatch(/password: \[secret\]/);
  expect(await stack.outputs()).toEqual({ password: "hunter2" });
});

test("an error of the program ends the run with its own words and no others", async () => {
  stack.write("Pulumi.yaml", project('{ typescript: false, nodeargs: "--require tsx/cjs" }'));
  stack.write("index.ts", 'throw new Error("the tenant has no name");');
  const failed = await stack.failing("preview");
  expect(failed.text).toMatch(/the tenant has no name/);
  expect(failed.text).not.toMatch(/exit code/);
  stack.write("index.ts", "");
});

test("a program that ends by itself is told with its exit code", async () => {
  expect((await stack.failing("preview", "process.exit(7);")).text).toMatch(/ended with exit code 7/);
});

test("a wrong runtime option is told", async () => {
  stack.write("index.ts", "");
  stack.write("Pulumi.yaml", project("{ typescript: sometimes }"));
  expect((await stack.failing("preview")).text).toMatch(/runtime option typescript .* must be true or false/);
});

test("an interrupt ends the program", async () => {
  stack.program('console.log("started"); setInterval(() => {}, 1000); pulumi.output(new Promise(() => {}));');
  const run = stack.start(["preview", "--stack", "test"]);
  let text = "";
  await new Promise<void>((resolve) => {
    run.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("started")) resolve();
    });
  });
  const ended = new Promise((resolve) => run.once("exit", resolve));
  run.kill("SIGINT");
  await ended;
  // Before the stack itself ends what hangs.
}, 120_000);

test("runs policy packs, which see the resources and the stack's config", async () => {
  const pack = join(stack.dir, "policies");
  mkdirSync(pack);
  writeFileSync(join(pack, "package.json"), '{ "name": "pack", "version": "1.0.0" }');
  writeFileSync(
    join(pack, "PulumiPolicy.yaml"),
    'runtime: { name: nodejs, options: { typescript: false, nodeargs: "--require tsx/cjs" } }\nmain: index.ts\n',
  );
  writeFileSync(
    join(pack, "index.ts"),
    `import { PolicyPack } from "@pulumi/policy";
     const least: number = 12;
     new PolicyPack("pack", { policies: [{ name: "long", description: "Passwords are long", enforcementLevel: "mandatory",
       validateResource: (args, report) => {
         if (args.type === "random:index/randomPassword:RandomPassword" && args.props.length < least) {
           report(\`\${args.name} has \${args.props.length} characters, needs \${least}\`);
         }
       } }] });`,
  );
  const program = (length: number) => `new random.RandomPassword("short", { length: ${length} });`;
  const refused = await stack.failing("preview", program(8), "--policy-pack", pack);
  expect(refused.text).toMatch(/short has 8 characters, needs 12/);
  await stack.preview(program(12), "--policy-pack", pack);
});

test("asks for the plugins that the packages in node_modules need, in their versions", async () => {
  const { text } = await stack.pulumi(["about", "--json"]);
  const about: { plugins: { name: string; version: string }[]; runtime?: unknown } = JSON.parse(
    text.slice(text.indexOf("{")),
  );
  const versions = Object.fromEntries(about.plugins.map((p) => [p.name, p.version]));
  expect(versions).toMatchObject({ kubernetes: "4.34.2", random: "4.21.2", tls: "5.6.1" });
});
