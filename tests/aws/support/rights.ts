/**
 * Whether an IAM policy allows what was asked of Route 53, as AWS documents it. moto looks at the action alone: it knows no resources there and
 * no conditions.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { z } from "zod";
import type { AwsRequest } from "../../../toolchain/aws/moto";

/** What IAM looks at. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
}

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const policies = z.object({
  Statement: z.array(
    // What else a statement may have would have to be understood first.
    z.strictObject({
      Effect: z.literal("Allow"),
      Action: texts,
      Resource: texts,
      Condition: z.record(z.string(), z.record(z.string(), texts)).default({}),
    }),
  ),
});

export const allows = (policy: unknown, { action, resource, context }: Asked): boolean =>
  policies.parse(policy).Statement.some(
    ({ Action, Resource, Condition }) =>
      Action.some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())) &&
      Resource.some((pattern) => isLike(resource, pattern)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => {
          const compare = operators[operator];
          if (compare === undefined) throw new Error(`the condition ${operator} is not understood here`);
          return (context[key] ?? []).every((value) => wanted.some((pattern) => compare(value, pattern)));
        }),
      ),
  );

/** What it allows at all. */
export const actionsOf = (policy: unknown): string[] =>
  policies.parse(policy).Statement.flatMap(({ Action }) => Action);

/** `*` is any text, `?` any character. */
const isLike = (value: string, pattern: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".")}$`,
  ).test(value);

/** Of every value that was asked for, one of those that the policy names. */
const operators: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  "ForAllValues:StringEquals": (value, wanted) => value === wanted,
  "ForAllValues:StringLike": isLike,
};

const change = "route53:ChangeResourceRecordSets";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html */
export function askedOfRoute53({ method, url, body }: AwsRequest): Asked {
  const path = new URL(url).pathname.replace(/\/$/, "");
  const [, kind, id, part] = /^\/2013-04-01\/(hostedzone)(?:\/([^/]+))?(\/rrset)?$/.exec(path) ?? [];
  const zone = `arn:aws:route53:::hostedzone/${id}`;
  const none = { context: {} };
  switch (`${method} ${kind} ${id === undefined ? "" : "id"}${part ?? ""}`) {
    case "GET hostedzone ":
      return { action: "route53:ListHostedZones", resource: "*", ...none };
    case "GET hostedzone id/rrset":
      return { action: "route53:ListResourceRecordSets", resource: zone, ...none };
    case "POST hostedzone id/rrset":
      return {
        action: change,
        resource: zone,
        context: {
          [`${change}NormalizedRecordNames`]: valuesIn(body, "Name").map(normalised),
          [`${change}RecordTypes`]: valuesIn(body, "Type"),
          [`${change}Actions`]: valuesIn(body, "Action"),
        },
      };
    default:
      throw new Error(`it is not known which right ${method} ${path} needs`);
  }
}

const valuesIn = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"))].map(([, value = ""]) => value);

/** Lower case, without the last dot, and all but letters, digits, `-`, `_` and `.` as octal codes. */
const normalised = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/[^a-z0-9_.\\-]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
