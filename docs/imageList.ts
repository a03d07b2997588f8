/** Every image that an environment may run, as the table of docs/images.md. */
import { edgeImages, grafanaImages, type Image, imageRef, images, openstackImages } from "../versions";

const begin = "<!-- Printed by docs/generate.ts -->\n";
const end = "<!-- To here -->\n";

const groups: readonly (readonly [string, Readonly<Record<string, Image>>])[] = [
  ["Every environment", everywhere()],
  ["A cluster that is made on OpenStack", openstackImages],
  ["An edge with certificates by ACME, or records that are made in the cluster", edgeImages],
  ["Grafana", grafanaImages],
];

/** All but what only attacks run. */
function everywhere(): Readonly<Record<string, Image>> {
  const { kubeRbacProxy: _, promLabelProxy: __, ...rest } = images;
  return rest;
}

/** The page with the list put in anew. */
export function withImageList(page: string): string {
  const [before = "", rest = ""] = page.split(begin);
  const [, after = ""] = rest.split(end);
  const list = groups.map(([title, group]) =>
    [`${title}:`, "", ...Object.values(group).map((image) => `* \`${imageRef(image)}\``), ""].join("\n"),
  );
  return `${before}${begin}\n${list.join("\n")}\n${end}${after}`;
}
