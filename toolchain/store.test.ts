import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "moat-store-"));
process.env.XDG_CACHE_HOME = folder;

// The cache's place is read when the module is loaded.
const store = (): typeof import("./store") => require("./store");
const bin = join(folder, "moat/bin");

afterAll(() => rmSync(folder, { recursive: true }));

const entry = (key: string) => ({ name: "tool", version: "v1", key });
const make = (content: string) => async (path: string) => writeFileSync(path, content);

test("an entry appears whole and becomes current under all its names", async () => {
  const { fill, isStored, use } = store();
  await fill(entry("a".repeat(12)), make("one"));
  expect(isStored(entry("a".repeat(12)))).toBe(true);
  use(entry("a".repeat(12)), ["alias"]);
  for (const name of ["tool", "alias"]) expect(readFileSync(join(bin, name), "utf8")).toBe("one");
});

test("a failed or killed build leaves nothing that counts, and can be made again", async () => {
  const { fill, isStored } = store();
  const broken = entry("b".repeat(12));
  const fail = async (path: string): Promise<void> => {
    writeFileSync(path, "half");
    throw new Error("killed");
  };
  await expect(fill(broken, fail)).rejects.toThrow("killed");
  expect(isStored(broken)).toBe(false);
  await fill(broken, make("two"));
  expect(isStored(broken)).toBe(true);
});

test("the current build and two others are kept", async () => {
  const { fill, use } = store();
  for (const letter of ["c", "d", "e", "f"]) {
    await fill(entry(letter.repeat(12)), make(letter));
    use(entry(letter.repeat(12)));
  }
  expect(readlinkSync(join(bin, "tool"))).toContain("f".repeat(12));
  expect(readdirSync(join(folder, "moat/store")).filter((name) => name.startsWith("tool-"))).toHaveLength(3);
});

test("the digest changes with texts, names and contents, not with tests", () => {
  const { digest } = store();
  const sources = join(folder, "sources");
  mkdirSync(sources);
  writeFileSync(join(sources, "a.go"), "1");
  const first = digest(["x"], [sources]);
  expect(digest(["y"], [sources])).not.toBe(first);
  writeFileSync(join(sources, "a_test.go"), "2");
  expect(digest(["x"], [sources])).toBe(first);
  writeFileSync(join(sources, "a.go"), "3");
  expect(digest(["x"], [sources])).not.toBe(first);
});
