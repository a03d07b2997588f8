/** The services' database: on loopback, without passwords and without care for a power cut. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "../../cluster/processes";
import { must } from "../../shell";
import { inTree } from "../network";
import { folders, inside, ports } from "../settings";

const folder = `${inside}/mariadb`;

export async function prepareMariadb(tree: string, databases: readonly string[]): Promise<void> {
  const outside = join(folders.state, "mariadb");
  mkdirSync(outside, { recursive: true });
  const creates = databases.map((name) => `create database if not exists ${name} character set utf8;\n`);
  writeFileSync(join(folders.state, "databases.sql"), creates.join(""));
  const install = [
    "--no-defaults",
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--user=root",
  ];
  await must(...inTree(tree, ["/usr/bin/mariadb-install-db", ...install, `--datadir=${folder}`]));
}

export const mariadb = (tree: string): Program => {
  const [command, args] = inTree(tree, [
    "/usr/sbin/mariadbd",
    "--no-defaults",
    "--user=root",
    `--datadir=${folder}`,
    "--bind-address=127.0.0.1",
    `--port=${ports.mariadb}`,
    `--socket=${folder}/socket`,
    `--init-file=${inside}/databases.sql`,
    "--skip-grant-tables",
    "--max-connections=500",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-innodb-doublewrite",
  ]);
  return { name: "mariadb", command, args };
};

/** Whether the last of the databases is there. */
export async function mariadbAnswers(tree: string, last: string): Promise<boolean> {
  const ask = `import pymysql; pymysql.connect(host="127.0.0.1", port=${ports.mariadb}, user="root", database="${last}")`;
  try {
    await must(...inTree(tree, ["/usr/bin/python3", "-c", ask]));
    return true;
  } catch {
    return false;
  }
}
