/** The policy pack in the real engine. */
import { configure, door, ourPack, packWith } from "./support/packs";
import { Stack } from "./support/stack";

let stack: Stack;
beforeEach(async () => {
  stack = await new Stack().init();
});
afterEach(() => stack.close());

const day = (fromNow: number): string =>
  new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10);
const exception = (until: string) => ({
  exceptions: [{ rule: "S5a", resource: "door", reason: "until the bastion host is there", until }],
});

describe("levels", () => {
  test("mandatory, the default, stops the preview and names the rule and the mend", async () => {
    const { text } = await stack.failing("preview", door(), ...ourPack);
    expect(text).toMatch(/\[mandatory\].* s5a .*door/);
    expect(text).toContain("S5a: Set remoteIpPrefix to the range that needs it");
  });

  test("advisory is told only", async () => {
    configure(stack, { level: "advisory" });
    const { text } = await stack.preview(door(), ...ourPack);
    expect(text).toMatch(/\[advisory\].*s5a.*door/);
  });

  test("a single rule may have its own level", async () => {
    configure(stack, { level: "advisory", levels: { S5a: "mandatory" } });
    await stack.failing("preview", door(), ...ourPack);
    configure(stack, { levels: { S5a: "disabled" } });
    expect((await stack.preview(door(), ...ourPack)).text).not.toContain("S5a");
  });

  test("what breaks no rule passes", async () => {
    await stack.preview(door('remoteIpPrefix: "192.0.2.0/24"'), ...ourPack);
  });

  test("an update is stopped as a preview is, before anything is made", async () => {
    const { text, changes } = await stack.failing("up", door(), ...ourPack);
    expect(text).toContain("S5a: ");
    expect(changes).not.toMatchObject({ create: 2 });
  });
});

describe("exceptions", () => {
  test("one that holds today passes", async () => {
    configure(stack, exception(day(0)));
    expect((await stack.preview(door(), ...ourPack)).text).not.toContain("S5a");
  });

  test("one that has expired does not", async () => {
    configure(stack, exception(day(-1)));
    expect((await stack.failing("preview", door(), ...ourPack)).text).toContain("S5a: ");
  });
});

test.each([
  [{ levle: "advisory" }, /moat:policies.*levle/],
  [{ level: "advisry" }, /moat:policies\.level: /],
  [{ levels: { s5a: "advisory" } }, /moat:policies\.levels\.s5a: .*must be a rule's id/],
  [{ levels: { S99: "advisory" } }, /moat:policies.*S99.*no rule/],
  [exception("tomorrow"), /moat:policies\.exceptions\.0\.until: must be a day such as 2027-01-31/],
])("settings that are not right end the preview: %j", async (settings, words) => {
  configure(stack, settings);
  expect((await stack.failing("preview", door(), ...ourPack)).text).toMatch(words);
});

test("what is not known before the update is refused with words, at the rule's level", async () => {
  const unknown = `const group = new pulumi.CustomResource("openstack:networking/secGroup:SecGroup", "group", { name: "g", cidr: undefined });
    ${door("remoteIpPrefix: group.cidr")}`;
  const { text } = await stack.failing("preview", unknown, ...ourPack);
  expect(text).toMatch(/S5a: .*"remoteIpPrefix" is not known before the update: make it known/);
});

describe.each(["mandatory", "advisory"])("at level %s", (level) => {
  test.each([
    ["is no CEL", `{ validations: [{ expression: "object.. ==", message: "m" }] }`, /X1.*no CEL/],
    [
      "calls what does not exist",
      `{ validations: [{ expression: "nobody(object)", message: "m" }] }`,
      /X1.*no CEL/,
    ],
    [
      "throws",
      `{ validations: [{ expression: "object.noSuchField == 1", message: "m" }] }`,
      /X1 broke on door/,
    ],
    [
      "gives no boolean",
      `{ validations: [{ expression: "object.direction", message: "m" }] }`,
      /X1 broke on door/,
    ],
    [
      "has a variable that throws",
      `{ variables: { v: "object.no" }, validations: [{ expression: "variables.v", message: "m" }] }`,
      /X1 broke on door/,
    ],
  ])("a rule that %s ends the preview", async (_, rule, words) => {
    configure(stack, { level });
    const harmless = door('remoteIpPrefix: "192.0.2.0/24"');
    expect((await stack.failing("preview", harmless, ...packWith(stack, rule))).text).toMatch(words);
  });
});

describe("secrets", () => {
  const secret = "hunter2-0.0.0.0/0";
  const withSecret = door(`description: new pulumi.Config().requireSecret("password")`);
  beforeEach(() => stack.pulumi(["config", "set", "--secret", "password", secret, "--stack", "test"]));

  test.each([
    [
      "is refused",
      `{ validations: [{ expression: "!object.description.startsWith('hunter')", message: "no" }] }`,
    ],
    ["breaks a rule", `{ validations: [{ expression: "object[object.description] == 1", message: "no" }] }`],
    ["is a rule's verdict", `{ validations: [{ expression: "object.description", message: "no" }] }`],
  ])("a value that %s is not told", async (_, rule) => {
    const { text, messages } = await stack.failing("preview", withSecret, ...packWith(stack, rule));
    expect(text).toContain("X1");
    expect(`${text}${messages.join()}`).not.toContain("hunter2");
  });
});

test("an existing state is judged without the program", async () => {
  const passwords = `new random.RandomPassword("p", { length: 20 });`;
  await stack.up(passwords);
  const analyze = ["policy", "analyze", "--stack", "test"];
  expect((await stack.pulumi([...analyze, ...ourPack])).ok).toBe(true);
  const rule = `{ on: ["random:index/randomPassword:RandomPassword"], validations: [{ expression: "object.length > 30", message: "longer" }] }`;
  const judged = await stack.pulumi([...analyze, ...packWith(stack, rule)]);
  expect(judged.ok).toBe(false);
  expect(judged.text).toContain("X1: longer");
});
