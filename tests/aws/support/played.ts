/** AWS's APIs as moto plays them, and boto3 to ask it, for the tests of one file. */
import { type Moto, startMoto } from "../../../toolchain/aws/moto";
import { Boto } from "./boto";

export interface PlayedAws {
  readonly moto: Moto;
  /** An administrator. */
  readonly boto: Boto;
}

/** They are there when the file's tests run. `checkCallers`: whether moto looks at signatures and rights. */
export function playedAws({ checkCallers = true } = {}): PlayedAws {
  let moto: Moto | undefined;
  let boto: Boto | undefined;
  beforeAll(async () => {
    moto = await startMoto();
    boto = await Boto.open(moto);
    await moto.checkCallers(checkCallers);
  });
  afterAll(async () => {
    boto?.stop();
    await moto?.stop();
  });
  return {
    get moto() {
      return started(moto);
    },
    get boto() {
      return started(boto);
    },
  };
}

function started<T>(it: T | undefined): T {
  if (it === undefined) throw new Error("moto has not started: ask for it in a test or a hook");
  return it;
}
