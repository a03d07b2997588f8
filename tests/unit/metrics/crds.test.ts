import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { crdFile, crdFiles, kinds, stripDescriptions } from "../../../components/metrics/crds";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moat-crds-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (kind: string) => writeFileSync(join(folder, crdFile(kind)), "{}");

test("names the file of every kind in use", () => {
  for (const kind of kinds) write(kind);
  expect(crdFiles(folder)).toEqual(kinds.map((kind) => `${folder}/monitoring.coreos.com_${kind}.json`));
});

test("a missing file is named, with the command that fetches it", () => {
  write("podmonitors");
  expect(() => crdFiles(folder)).toThrow(
    `the Prometheus Operator's definition of probes is not at ${folder}/monitoring.coreos.com_probes.json; run \`make crds\``,
  );
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
