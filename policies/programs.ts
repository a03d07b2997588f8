/** CEL by which rules find programs in pods and Docker containers, and read their command lines. */
import { type Kind, prometheusKinds, workloadKinds } from "./kinds";
import { type PulumiType, quote, quoteAll } from "./rule";

/** Kinds of the operator: `spec` is partly a pod's description. */
const operated = [
  ...prometheusKinds,
  "monitoring.coreos.com/v1/Alertmanager",
  "monitoring.coreos.com/v1/ThanosRuler",
] as const satisfies readonly Kind[];

/** Kinds of Kubernetes itself that run containers. */
export const plainPodKinds = [
  ...workloadKinds,
  "v1/Pod",
  "v1/ReplicationController",
  "batch/v1/CronJob",
] as const satisfies readonly Kind[];

/** All kinds that run containers. */
export const podKinds = [...operated, ...plainPodKinds] as const satisfies readonly Kind[];

export const dockerContainer = "docker:index/container:Container" satisfies PulumiType;

/** Everything that runs programs. */
export const programKinds = [...podKinds, dockerContainer] as const;

const inSpec = ["Pod", ...operated.map((kind) => kind.split("/").at(-1) ?? kind)];

/**
 * The description of the object's pods and their containers; a Docker container has neither. A name alone makes a program out of a
 * container when its image is somebody's copy.
 */
export const podVariables = {
  pod: `object.?kind.orValue("") == "CronJob" ? object.?spec.?jobTemplate.?spec.?template.?spec.orValue({})
    : object.?kind.orValue("") in ${quoteAll(inSpec)} ? object.?spec.orValue({})
    : object.?spec.?template.?spec.orValue({})`,
  containers: "variables.pod.?containers.orValue([]) + variables.pod.?initContainers.orValue([])",
  docker: `has(object.kind) ? [] : [${commandLine("object.?entrypoints.orValue([]) + object.?command.orValue([])")}]`,
} as const;

/**
 * The command lines of one program, as a list of texts. A word of it is the program's name when nothing but a version follows. Flags
 * have one dash in them, however they were written.
 */
export const linesOf = (program: string): string =>
  `variables.containers.filter(c, ${isProgram("c", program)})
    .map(c, ${commandLine("c.?command.orValue([]) + c.?args.orValue([])")})
    + variables.docker.filter(line, line.matches(${quote(named(program))}))`;

/** Whether the container `c` runs the program, by its image, its name or its command. */
export const isProgram = (c: string, program: string): string =>
  `(${c}.?image.orValue("") + " " + ${c}.?name.orValue("") + " " + ${c}.?command.orValue([]).join(" ")).matches(${quote(named(program))})`;

/** Programs that answer whoever reaches them. The store guard asks which tenant, and believes what it hears. Grafana asks for a password itself. */
export const openPrograms =
  "(prometheus|thanos|loki|tempo|mimir|cortex|alertmanager|prom-label-proxy|guards)";

/** Programs that ask who it is before they pass a request on. */
export const authenticators = "(kube-rbac-proxy|oauth2-proxy)[a-z0-9_-]*";

/** Headers that these, and who stands before them, believe about who a request is from. */
export const identityHeaders = ["X-Remote-User", "X-Remote-Groups", "X-Scope-OrgID", "Thanos-Tenant"];

/** A pattern for texts of which a word is the program's name, but for a version behind it. */
export const named = (program: string): string => `(^|[ /])${program}([:@ ]|$)`;

/** As many suffixes as packagers add: `kube-rbac-proxy-main`, `thanos-query`. */
export const withSuffix = (program: string): string => `${program}[a-z0-9_-]*`;

/** Words joined: the first is no flag, and a space ends the last. */
function commandLine(words: string): string {
  return `("$ " + (${words}).join(" ") + " ").replace(" --", " -")`;
}

/** The values that a command line gives to a flag, each behind its "=" or " " and with the words that follow it. */
export const valuesOf = (line: string, flag: string): string =>
  `${line}.split(" -${flag}").filter(v, v.matches("^[= ]"))`;

/** Whether all values of a flag have the form, a pattern for the whole value. */
export const allValues = (line: string, flag: string, form: string): string =>
  `${valuesOf(line, flag)}.all(v, v.matches(${quote(`^.${form}( |$)`)}))`;

/** Whether a flag is given and all its values have the form. */
export const givenAs = (line: string, flag: string, form: string): string =>
  `(${valuesOf(line, flag)}.size() > 0 && ${allValues(line, flag, form)})`;

/** Whether a flag is given, with a value or without. */
export const hasFlag = (line: string, flag: string): string => `${line}.matches(" -${flag}[= ]")`;

/** Whether a flag that is true or false is given as true. */
export const isOn = (line: string, flag: string): string => `${line}.matches(" -${flag}( |=[^f0F])")`;

/** Addresses that nothing outside the pod reaches. */
export const loopback = "(127\\.0\\.0\\.1|localhost|\\[::1\\])";

/** Command lines of the query guard, which asks who it is and names the tenant to those behind it. The store guard is the same program. */
export const queryGuardLines = `(${linesOf("guards")}).filter(line, line.contains(" query "))`;
