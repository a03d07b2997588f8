/** `make up` on an environment that is up: changes nothing, and tells of what does not fit it before it changes anything. */
import { readFileSync, writeFileSync } from "node:fs";
import { local } from "../../toolchain/paths";
import { make } from "../support/live/make";

const minutes = 60_000;

test(
  "a second make up changes nothing",
  async () => {
    const result = await make("up");
    expect(result.stdout).toMatch(/\d+ unchanged/);
    expect(result.stdout).not.toMatch(/\d+ (created|updated|deleted|replaced)/);
  },
  2 * minutes,
);

test(
  "a wrong passphrase is told before anything is changed",
  async () => {
    const right = readFileSync(local.passphrase, "utf8");
    writeFileSync(local.passphrase, "wrong");
    try {
      const result = await make("up");
      expect(result.code).toBe(1);
      expect(result.stderr).toMatch(/passphrase.*is not the one that the state was encrypted with/s);
    } finally {
      writeFileSync(local.passphrase, right);
    }
  },
  2 * minutes,
);

test(
  "another cluster for the same environment is refused",
  async () => {
    const result = await make("up", { MOAT_KUBECONFIG: "/no/such/file" });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/up on another cluster/);
  },
  minutes,
);

test(
  "make preview tells that nothing would change",
  async () => {
    const result = await make("preview");
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/\d+ unchanged/);
  },
  2 * minutes,
);
