import { prepareCrds } from "../crds";

export const crds = prepareCrds;
