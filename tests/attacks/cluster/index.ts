/** Attacks on the cluster around the gateway, by surface. */
import type { Part } from "../attack";
import { authorsPart } from "./authors";
import { networkPart } from "./network";
import { rightsPart } from "./rights";
import { scrapingPart } from "./scraping";
import { secretsPart } from "./secrets";
import { tenantObjectsPart } from "./tenantObjects";

export const clusterParts: readonly Part[] = [
  networkPart,
  tenantObjectsPart,
  scrapingPart,
  rightsPart,
  authorsPart,
  secretsPart,
];
