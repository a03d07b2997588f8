import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linkAllowed, testPath } from "./testPath";

const room = mkdtempSync(join(tmpdir(), "moat-path-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const byHand = join(room, "by-hand");
const links = join(room, "links");
mkdirSync(byHand);
for (const name of ["jq", "git"])
  writeFileSync(join(byHand, name), "#!/bin/sh\necho here\n", { mode: 0o755 });
writeFileSync(join(byHand, "make"), "not a program");

const said = (path: string, command: string): string =>
  spawnSync("/bin/sh", ["-c", command], { env: { PATH: path }, encoding: "utf8" }).stdout;

describe("the PATH of tests", () => {
  beforeEach(() => linkAllowed(links, byHand));

  test("has what a machine may be asked for, and nothing else that lies beside it", () => {
    expect(said(byHand, "jq")).toBe("here\n");
    expect(said(links, "jq; git")).toBe("here\n");
    expect(readdirSync(links)).toEqual(["git"]);
  });

  test("follows what comes and goes", () => {
    writeFileSync(join(links, "left-by-an-earlier-list"), "");
    linkAllowed(links, room);
    expect(readdirSync(links)).toEqual([]);
  });

  test("has the project's programs first", () => {
    const folders = testPath().split(":");
    expect(folders).toEqual([
      expect.stringMatching(/moat\/bin$/),
      expect.stringMatching(/\.moat\/tests\/bin$/),
    ]);
    expect(existsSync(join(folders[1] ?? "", "sh"))).toBe(true);
    expect(testPath(folders.join(":"))).toBe(folders.join(":"));
  });
});
