/** Images from other registries: every one of the program moves, whole or after a flag, and nothing else does. */
import { CustomResource, output, runtime } from "@pulumi/pulumi";
import { movedImages, toMirrors } from "../../../components/workload/registryMirrors";
import { allImages, imageRef, images } from "../../../versions";
import { type Made, madeBy, objects } from "../../support/mocks";
import { engineConfig, stackFiles } from "../../support/stackFiles";
import { wholeProgram } from "../../support/wholeProgram";

jest.mock("../../../components/metrics/crds", () => ({ crdFiles: () => [] }));
jest.mock("../../../components/edge/tls/certManagerCrds", () => ({ certManagerCrdFiles: () => [] }));
jest.mock("../../../components/cluster/openstack/readiness", () => ({ untilReady: async () => {} }));

test("the longest beginning counts, and ends where a part of the name does", () => {
  const moved = movedImages({
    "quay.io": "mirror.example.org:5000/quay",
    "quay.io/thanos": "thanos.example.org",
    "ghcr.io/versi": "never.example.org",
  });
  expect(moved.get(imageRef(images.prometheus))).toBe(
    `mirror.example.org:5000/quay/prometheus/prometheus:${images.prometheus.tag}`,
  );
  expect(moved.get(imageRef(images.thanos))).toBe(`thanos.example.org/thanos:${images.thanos.tag}`);
  expect(moved.has(imageRef(images.s3))).toBe(false);
});

const apply = toMirrors({ "quay.io": "m" });
class Some extends CustomResource {}
const changed = async (
  type: string,
  inputs: Record<string, unknown>,
): Promise<Made["inputs"] | undefined> => {
  const made = await madeBy(() => {
    new Some(type, "some", inputs, { transformations: [apply] });
  });
  return made.find(({ name }) => name === "some")?.inputs;
};

test("a whole text and what follows a flag move; a name in a sentence, an output and other resources do not", async () => {
  const thanos = imageRef(images.thanos);
  const moved = `m/thanos/thanos:${images.thanos.tag}`;
  const inputs = (to: string) => ({
    list: [{ image: to }, `--image=${to}`, `runs ${thanos}`, 7, true],
    later: thanos,
  });
  expect(
    await changed("kubernetes:apps/v1:Deployment", { ...inputs(thanos), later: output(thanos) }),
  ).toMatchObject(inputs(moved));
  expect(await changed("tls:index/privateKey:PrivateKey", inputs(thanos))).toMatchObject(inputs(thanos));
});

const publishers = [...new Set(allImages.map(({ name }) => name.split("/")[0] ?? ""))];

test.each(stackFiles)("no object of %s names a publisher's registry when all have a mirror", async (file) => {
  const [values, secrets] = engineConfig(file);
  const mirrors = Object.fromEntries(publishers.map((host) => [host, `mirror.example.org/${host}`]));
  runtime.setAllConfig({ ...values, "moat:registryMirrors": JSON.stringify(mirrors) }, secrets);
  const made = objects(await madeBy(wholeProgram));
  const text = JSON.stringify(made);
  const refs = allImages.map(imageRef);
  expect(refs.filter((ref) => text.includes(`"${ref}"`) || text.includes(`=${ref}"`))).toEqual([]);
  expect(refs.some((ref) => text.includes(`mirror.example.org/${ref}`))).toBe(true);
});
