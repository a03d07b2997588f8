/** Certificates by ACME on the embedded cluster: cert-manager's programs in its container runtime, and an authority to ask. Only tests ask for it. */
import { acmePrograms, pebbleProgram } from "./artefacts";
import { buildGo } from "./builder";
import { importImage } from "./cluster/imports";
import { prepareCertManagerCrds } from "./crds";
import { acmeImages } from "./images";

/** After `make up`. What was built once is taken from the cache. */
export async function prepareAcme(): Promise<void> {
  await buildGo([...acmePrograms, pebbleProgram]);
  await prepareCertManagerCrds();
  for (const image of acmeImages) await importImage(image);
}
