/** The runbooks as tests see them: the commands that they give, wherever in the text these stand. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(__dirname, "../../docs/runbooks");

/** Programs whose commands are looked at. */
const known = /^(pulumi|kubectl|make|thanos|aws|openstack|swift|git|sudo k3s) /;

export interface Runbook {
  readonly name: string;
  readonly text: string;
  /** Each on one line, without its comment. */
  readonly commands: readonly string[];
}

export const runbooks: readonly Runbook[] = readdirSync(folder)
  .filter((name) => name.endsWith(".md"))
  .map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    return { name, text, commands: commandsIn(text) };
  });

/** Lines of shell blocks, and code within sentences, that run a program which we know. */
function commandsIn(text: string): string[] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    block.replaceAll(/\\\n\s*/g, "").split("\n"),
  );
  const inline = [...text.replaceAll(/```[\s\S]*?```/g, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, code = ""]) => code,
  );
  return [...blocks, ...inline].flatMap((line) =>
    line
      .replace(/\s+#.*$/, "")
      .split(/ && | \| |(?:^|[^>])>\s|; do | -- |\$\(|\)$/)
      .map((part) => part.trim().replace(/^(?:[A-Z_0-9]+=\S+ )+/, ""))
      .filter((part) => known.test(part)),
  );
}

/** Words of a command, quotes taken off. */
export const words = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? "",
  );

/** Its options, without their values. */
export const optionsOf = (command: string): string[] =>
  words(command)
    .filter((word) => word.startsWith("-") && word !== "-")
    .map((word) => word.split("=")[0] ?? word);
