/** Finds the kubeconfig and says what is wrong with it before a cluster is asked for anything. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, resolve } from "node:path";
import { parse } from "yaml";
import type { Problem } from "./problems";

/** The configured path, from the project's folder; else the first of `$KUBECONFIG`; else kubectl's own place. */
export function findKubeconfig(configured: string | undefined, env: NodeJS.ProcessEnv): string {
  if (configured !== undefined) return resolve(configured.replace(/^~(?=\/)/, homedir()));
  const [first] = (env.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
  return resolve(first ?? `${homedir()}/.kube/config`);
}

/** What is wrong with the file, or with the choice of a context in it. */
export function checkKubeconfig(path: string, context: string | undefined): Problem[] {
  const problem = (reason: string, mend: string): Problem[] => [
    { path: "moat:cluster.kubeconfig", reason, mend },
  ];
  const text = read(path);
  if ("unreadable" in text) {
    const [reason, mend] = text.unreadable;
    return problem(reason, mend);
  }
  const content = parseYaml(text.content);
  if (content === undefined) return problem(`${path} is not YAML`, "name a kubeconfig, as kubectl reads it");
  const found = contextNames(content);
  if (found === undefined || found.length === 0)
    return problem(`${path} is not a kubeconfig`, "it must be YAML of kind Config with contexts");
  return checkContext(path, context, currentContext(content), found);
}

type Text = { readonly content: string } | { readonly unreadable: readonly [reason: string, mend: string] };

function read(path: string): Text {
  try {
    return { content: readFileSync(path, "utf8") };
  } catch (error) {
    switch (codeOf(error)) {
      case "ENOENT":
      case "ENOTDIR":
        return {
          unreadable: [
            `there is no file ${path}`,
            "run `make up`, or name the kubeconfig of your own cluster",
          ],
        };
      case "EISDIR":
        return { unreadable: [`${path} is a folder`, "name the file in it"] };
      case "EACCES":
      case "EPERM":
        return {
          unreadable: [
            `${path} may not be read by this user`,
            "change its owner or mode, or run as the user that may",
          ],
        };
      default:
        return { unreadable: [`${path} cannot be read: ${String(error)}`, "name a file that can be read"] };
    }
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;

/** Undefined when it is not YAML. The parser's own words quote the file, which holds credentials, so they are not passed on. */
function parseYaml(text: string): unknown {
  try {
    return parse(text, { prettyErrors: false, logLevel: "error" });
  } catch {
    return undefined;
  }
}

function checkContext(
  path: string,
  chosen: string | undefined,
  current: string | undefined,
  found: readonly string[],
): Problem[] {
  const mend = `take one of: ${found.join(", ")}`;
  const context = chosen ?? current;
  if (context === undefined)
    return [{ path: "moat:cluster.context", reason: `is missing, and ${path} has no current one`, mend }];
  if (!found.includes(context))
    return [{ path: "moat:cluster.context", reason: `${path} has no context "${context}"`, mend }];
  return [];
}

function contextNames(content: unknown): string[] | undefined {
  if (typeof content !== "object" || content === null || !("contexts" in content)) return undefined;
  const { contexts } = content;
  if (!Array.isArray(contexts)) return undefined;
  return contexts.flatMap((c: unknown) =>
    typeof c === "object" && c !== null && "name" in c && typeof c.name === "string" ? [c.name] : [],
  );
}

function currentContext(content: unknown): string | undefined {
  if (typeof content !== "object" || content === null || !("current-context" in content)) return undefined;
  const current = content["current-context"];
  return typeof current === "string" && current !== "" ? current : undefined;
}
