/** What each of the three says to a sample: "passes", or the first thing that is wrong. */
import { z } from "zod";
import { celFields } from "../../policies/cel";
import { compiledRule } from "../../policies/evaluate";
import type { Rule, Sample } from "../../policies/rule";
import { namespaceOf as seenNamespace, violations } from "../policies/support";
import type { Answer } from "./client";
import { inputsOf } from "./wrapped";

export interface Verdicts {
  readonly crossguard: string;
  readonly cel: string;
  readonly server: string;
}

export const agree = ({ crossguard, cel, server }: Verdicts): boolean => crossguard === cel && cel === server;

const passes = "passes";

export const crossguardVerdict = (rule: Rule, sample: Sample): string =>
  violations(rule, sample)[0] ?? passes;

export function celVerdict(rule: Rule, sample: Sample): string {
  const scope = {
    object: celFields(inputsOf(sample)),
    namespaceObject: celFields(namespaceOf(rule, sample)),
  };
  const [first] = compiledRule(rule).violations(scope);
  return first === undefined ? passes : `${rule.id}: ${first}`;
}

/** Namespace alpha as the sample's conditions see it. One that lies elsewhere sees nothing of it. */
export const namespaceOf = (rule: Rule, sample: Sample) =>
  isInAlpha(sample)
    ? seenNamespace(rule, sample)
    : { metadata: { name: "alpha", labels: {}, annotations: {} } };

const metadata = z.object({ namespace: z.string().optional() });

/** Whether the sample lies in the tenant's namespace. */
const isInAlpha = ({ object }: Sample): boolean => namespaceName(object.metadata) === "alpha";

export const namespaceName = (written: unknown): string =>
  metadata.safeParse(written).data?.namespace ?? "default";

const status = z.object({ message: z.string(), reason: z.string().optional() });

/** The API server's verdict. Anything but a policy's refusal, such as a sample that its schema does not allow, is told as it is. */
export function serverVerdict({ status: code, body }: Answer): string {
  if (code < 300) return passes;
  const { message, reason } = status.parse(body);
  // It was admitted; only then the server looks whether there is one already, or what to connect to.
  if (reason === "AlreadyExists" || reason === "NotFound") return passes;
  const refused = /ValidatingAdmissionPolicy '[^']+' with binding '[^']+' denied request: (.*)$/s.exec(
    message,
  );
  return refused?.[1] ?? `${code}: ${message}`;
}
