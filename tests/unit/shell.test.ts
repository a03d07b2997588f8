/** Every shell program of the repository, whoever runs it. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { program } from "../../toolchain/paths";
import { testWith } from "../support/tools";

const root = resolve(__dirname, "../..");
const files = ["components", "tests", "toolchain"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sh"))
    .map((path) => join(folder, path)),
);

test("there are some", () => {
  expect(files.length).toBeGreaterThan(4);
});

// What they source is on the machine, and not here.
testWith("shellcheck")("shellcheck finds nothing", () => {
  const { stdout } = spawnSync(program("shellcheck"), ["--exclude=SC1091", ...files], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
});
