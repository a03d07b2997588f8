/** Parts of conditions that several rules here share. All are text of CEL. */
import { type Kind, workloadKinds } from "../../../kinds";
import { quote } from "../../../rule";

/** Kinds of the operator, which make pods of what stands in `spec`. Their `containers` are patches to what the operator writes. */
const operatorKinds = [
  "monitoring.coreos.com/v1/Prometheus",
  "monitoring.coreos.com/v1alpha1/PrometheusAgent",
  "monitoring.coreos.com/v1/Alertmanager",
  "monitoring.coreos.com/v1/ThanosRuler",
] as const satisfies readonly Kind[];

/** All kinds that run pods. */
export const podKinds = [
  "v1/Pod",
  ...workloadKinds,
  "v1/ReplicationController",
  "batch/v1/CronJob",
  ...operatorKinds,
] as const satisfies readonly Kind[];

/** Of an object of these kinds: its pod, all its containers, and whether the operator completes them. */
export const podVariables = {
  byOperator: `object.kind in ["Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"]`,
  pod: `object.kind == "CronJob" ? object.spec.jobTemplate.spec.template.spec
    : object.kind == "Pod" || variables.byOperator ? object.spec
    : object.spec.template.spec`,
  containers: `variables.pod.?containers.orValue([]) + variables.pod.?initContainers.orValue([])
    + variables.pod.?ephemeralContainers.orValue([])`,
} as const;

const secretWords =
  "(password|passwd|passphrase)([^a-z]|$)|[^a-z]pwd$|(^|[^a-z])(secret|token|credentials?|(api|access|secret|private|encryption|signing)[^a-z]?key)([^a-z]|$)";

/** What a name ends in that is about a secret and no secret itself. */
const aboutSecrets =
  "[^a-z](file|path|dir|name|url|uri|host|header|ttl|seconds|duration|expiry|length|enabled|type|policy|audience)$";

/** A name in small letters is that of something secret: pgpassword, aws_secret_access_key, token; not password_file or token_url. */
export const namesSecret = (name: string): string =>
  `(${name}.matches(${quote(secretWords)}) && !${name}.matches(${quote(aboutSecrets)}))`;

const privateKey = "-----begin [a-z ]*private key-----";
const assignment =
  "(password|passwd|passphrase|(secret|access|api|private|encryption)[_-]?(access[_-]?)?key|(bearer|auth|access|api)[_-]?token|client[_-]?secret|credentials)[\"']?[ \\t]*[:=][ \\t]*[\"']?([^\\s\"'$<{\\[|>#&*/]|[$][0-9])";
const login = "://[^/\\s:@\"']+:[^/\\s:@\"'$]+@";

/** A text in small letters has a private key in it, a field like `password: x`, or a url with a password. */
export const holdsSecret = (text: string): string =>
  `${text}.matches(${quote([privateKey, assignment, login].join("|"))})`;

/** A value that is no secret itself: none, a switch, or a reference to something that the program looks up. */
export const noSecret = (value: string): string =>
  `${value}.matches(${quote("^$|^(true|false)$|^[$]([(]\\w+[)]|(__[a-z]+)?[{][^}]*[}])$")})`;

/** An image with a digest, or a tag that is not `latest`. A colon before the last slash belongs to a port. */
export const pinned = (image: string): string =>
  `(${image}.matches(${quote("@sha256:[0-9a-f]{64}$|^[^@]*:[^:/@]+$")}) && !${image}.matches(${quote(":latest$")}))`;

/** An address range that is so wide that everybody is in it: the whole of it, or cut in a few pieces. */
export const wide = (cidr: string): string => `${cidr}.matches("/[0-7]$")`;

/** Ports of the edge, which are there for everybody. */
export const edgePorts = "[80, 443]";

/** It has the field, whether the value is known before the update or not: ids of other new resources never are. */
export const names = (field: string, object = "object"): string =>
  `${object}.exists(key, key == ${quote(field)})`;

/**
 * The statements of an IAM policy, which is JSON in a text: without white space, cut between statements. Nothing else in a
 * policy is an array of objects, so nothing else has such a seam.
 */
export const statementsOf = (policy: string): string =>
  `${policy}.replace(" ", "").replace("\\t", "").replace("\\r", "").replace("\\n", "").split("},{")`;

/** The statement allows something. */
export const allows = (statement: string): string => `${statement}.contains('"Effect":"Allow"')`;

/** The element of the statement is one of the texts (patterns), or a list in which one is. */
export const says = (statement: string, element: string, value: string): string =>
  `${statement}.matches(${quote(`"${element}":(\\[("[^"]*",)*)?"(${value})"`)})`;
