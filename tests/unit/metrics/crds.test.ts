import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { crdFile, kinds, readCrds, stripDescriptions } from "../../../components/metrics/crds";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moat-crds-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (kind: string, content: unknown) =>
  writeFileSync(join(folder, crdFile(kind)), JSON.stringify(content));

const definition = (kind: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${kind}.monitoring.coreos.com` },
  spec: { group: "monitoring.coreos.com", names: { kind: "Some", plural: kind }, versions: [{ name: "v1" }] },
});

test("reads every kind in use", () => {
  for (const kind of kinds) write(kind, definition(kind));
  const crds = readCrds(folder);
  expect(crds.map((crd) => crd.spec.names.plural)).toEqual([...kinds]);
});

test("a missing file is named, with the command that fetches it", () => {
  write("podmonitors", definition("podmonitors"));
  expect(() => readCrds(folder)).toThrow(
    `the Prometheus Operator's definition of probes is not at ${folder}/monitoring.coreos.com_probes.json; run \`make crds\``,
  );
});

test("a file that is something else is named", () => {
  for (const kind of kinds) write(kind, { kind: "List" });
  expect(() => readCrds(folder)).toThrow("is not a CustomResourceDefinition; remove it and run `make crds`");
});

test.each([
  [{ type: "object", description: "words" }, { type: "object" }],
  [
    [{ description: "words" }, 1],
    [{}, 1],
  ],
  // A field of that name
  [
    { properties: { description: { type: "string", description: "words" } } },
    { properties: { description: { type: "string" } } },
  ],
  ["description", "description"],
  [null, null],
])("strips %j to %j", (schema, stripped) => {
  expect(stripDescriptions(schema)).toEqual(stripped);
});

test("changes nothing but descriptions, and nothing twice", () => {
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(json, (value) => {
      const once = stripDescriptions(value);
      expect(stripDescriptions(once)).toEqual(once);
      if (!JSON.stringify(value).includes('"description"')) expect(once).toEqual(value);
    }),
  );
});
