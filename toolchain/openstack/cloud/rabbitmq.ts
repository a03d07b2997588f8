/** Messages between the parts of a service. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "../../cluster/processes";
import { inTree } from "../network";
import { folders, inside, ports } from "../settings";

const folder = `${inside}/rabbitmq`;

export function rabbitmq(tree: string): Program {
  mkdirSync(join(folders.state, "rabbitmq"), { recursive: true });
  const [command, args] = inTree(tree, ["/usr/lib/rabbitmq/bin/rabbitmq-server"], {
    HOME: folder,
    RABBITMQ_NODENAME: "moat@localhost",
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(ports.rabbitmq),
    RABBITMQ_MNESIA_BASE: folder,
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: "-",
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/plugins`,
    // One scheduler, which does not spin while there is nothing to do.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 +sbwt none",
    ERL_EPMD_ADDRESS: "127.0.0.1",
  });
  return { name: "rabbitmq", command, args };
}
