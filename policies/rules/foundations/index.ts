/** S: storage, edge, state, and what everything stands on. */
import type { Rule } from "../../rule";
import { pinnedImages } from "./pinnedImages";

export const foundationRules: readonly Rule[] = [pinnedImages];
