/** Every rule of the pack. */
import type { Rule } from "../rule";
import { adminApi } from "./adminApi";
import { enforcedLimits } from "./enforcedLimits";
import { enforcedNamespaceLabel } from "./enforcedNamespaceLabel";
import { overrideHonorLabels } from "./overrideHonorLabels";
import { pinnedImages } from "./pinnedImages";

export const rules: readonly Rule[] = [
  enforcedNamespaceLabel,
  overrideHonorLabels,
  enforcedLimits,
  adminApi,
  pinnedImages,
];
