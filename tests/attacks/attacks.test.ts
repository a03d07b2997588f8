/** Every attack is played on the environment, where it must come to nothing, and where its defence is missing, where it must not. */
import { environment } from "../support/live/environment";
import { tell } from "../support/live/progress";
import type { Part } from "./attack";
import { clusterParts } from "./cluster";
import { gatewayPart } from "./gateway";
import { counts, folder, screenTable, writeReport } from "./report";
import { playPart, type Result, titleOf } from "./runner";

const parts: readonly Part[] = [gatewayPart, ...clusterParts];
const attacks = parts.flatMap((part) => part.attacks);
const results = new Map<string, Result>();

beforeAll(async () => {
  const began = Date.now();
  await environment();
  tell(`${attacks.length} attacks`);
  let done = 0;
  const note = (result: Result): void => {
    done++;
    results.set(titleOf(result.attack), result);
    const { played, bitten, verdict } = result;
    if (verdict !== "held")
      tell(`${verdict}: ${titleOf(result.attack)}: ${played.seen}; ${result.attack.without}: ${bitten.seen}`);
    if (done % 25 === 0) tell(`${done} of ${attacks.length} attacks played`);
  };
  const ends = await Promise.allSettled(parts.map((part) => playPart(part, note)));
  const all = [...results.values()];
  writeReport(all, (Date.now() - began) / 1000);
  process.stderr.write(`\n${screenTable(all)}\n\n${counts(all)}\n${folder}/report.md\n\n`);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}, 900_000);

test("no two attacks have the same name", () => {
  expect(new Set(attacks.map(titleOf)).size).toBe(attacks.length);
});

test.each(attacks.map(titleOf))("%s", (title) => {
  const result = results.get(title);
  expect({
    verdict: result?.verdict,
    seen: result?.played.seen,
    teeth: result?.bitten.seen,
  }).toEqual(expect.objectContaining({ verdict: "held" }));
});
