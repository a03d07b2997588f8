/** All resource definitions that environments may need. */
import { prepareCertManagerCrds, prepareCrds } from "../crds";

export async function crds(): Promise<void> {
  await prepareCrds();
  await prepareCertManagerCrds();
}
