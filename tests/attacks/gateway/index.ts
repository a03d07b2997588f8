/** Attacks on the read gateway: requests, queries, tokens. */
import type { Part } from "../attack";
import { tokens } from "../tokens";
import { certificates } from "../tokens/certificates";
import { attackOf } from "./attempt";
import { costs } from "./costs";
import { errorTexts } from "./errorTexts";
import { headers } from "./headers";
import { paths } from "./paths";
import { protocol } from "./protocol";
import { queries } from "./queries";
import { openStage, type Stage } from "./stage";
import { removeTwins } from "./twins";
import { type WeaknessName, weaknesses } from "./weaknesses";
import { widening } from "./widening";

const attempts = [
  ...widening,
  ...headers,
  ...paths,
  ...protocol,
  ...queries,
  ...errorTexts,
  ...costs,
  ...tokens,
  ...certificates,
];

const isWeakness = (name: string): name is WeaknessName => name in weaknesses;

let stage: Stage | undefined;

function theStage(): Stage {
  if (stage === undefined) throw new Error("the stage is not set up");
  return stage;
}

export const gatewayPart: Part = {
  attacks: attempts.map((attempt) => attackOf(attempt, theStage)),
  concurrency: 4,
  setUp: async () => {
    stage = await openStage(Object.keys(weaknesses).filter(isWeakness), true);
  },
  tearDown: () => (stage === undefined ? removeTwins() : stage.close()),
};
