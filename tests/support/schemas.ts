/** Holds Kubernetes objects against the published schemas. */
import { z } from "zod";
import type { Made } from "./mocks";

/** The part of a generated model that is used here. */
const model = z.custom<new (data: object) => { validate(): void }>((value) => typeof value === "function");

/** What is wrong with the Kubernetes objects among the resources: nothing, or one text for each object. */
export function validateAll(made: readonly Made[]): string[] {
  return made.flatMap(({ type, name, custom, inputs }) => {
    const [pulumiPackage, token = "", kind = ""] = type.split(":");
    if (pulumiPackage !== "kubernetes" || !custom) return [];
    const apiVersion = token.replace(/^core\//, "");
    const wrong = mistakes(apiVersion, kind, inputs).filter((mistake) => !isOverstrict.test(mistake));
    return wrong.length === 0 ? [] : [`${apiVersion}/${kind} ${name}: ${wrong.join(", ")}`];
  });
}

/** The generated schema asks for what the API does not: a claim template's own type. */
const isOverstrict = /volumeClaimTemplate must have required property (apiVersion|kind)$/;

function mistakes(apiVersion: string, kind: string, inputs: object): string[] {
  const Model = modelOf(apiVersion, kind);
  try {
    new Model(inputs).validate();
    return [];
  } catch (error) {
    return (error instanceof Object && "message" in error ? String(error.message) : String(error)).split(
      ", ",
    );
  }
}

/** Where the kinds are that are not Kubernetes' own, by API group. */
const modelPackages: Readonly<Record<string, string>> = {
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "cert-manager.io": "@kubernetes-models/cert-manager",
};

function modelOf(apiVersion: string, kind: string) {
  const [group = ""] = apiVersion.split("/");
  const modelPackage = modelPackages[group] ?? "kubernetes-models";
  const module: unknown = require(`${modelPackage}/${apiVersion}/${kind}`);
  return z
    .object({ [kind]: model })
    .transform((m) => model.parse(m[kind]))
    .parse(module);
}
