import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { namesSecret, noSecret } from "./parts";

const type = "docker:index/container:Container";
const envs = (...variables: readonly string[]) => cloud(type, { image: "program:v1", envs: variables });

export const dockerEnvironment: Rule = {
  id: "S3e",
  title: "No secret stands in a Docker container's environment",
  why: "docker inspect, a crash report or a child process shows the environment, and the stack's state keeps it.",
  severity: "high",
  references: ["https://docs.docker.com/engine/swarm/secrets/"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `object.?envs.orValue([]).all(e, !e.contains("=") || !${namesSecret('e.split("=")[0].lowerAscii()')}
        || ${noSecret('e.substring(e.indexOf("=") + 1)')})`,
      message: "Upload the secret as a file (uploads), and name the file in the environment.",
    },
  ],
  samples: {
    good: [
      envs("LOG_LEVEL=info", "PASSWORD_FILE=/run/secrets/password"),
      envs("TOKEN=", "MODE=a=b"),
      cloud(type, { image: "program:v1" }),
    ],
    bad: [
      envs("ROOT_SECRET_ACCESS_KEY=sample"),
      envs("LOG_LEVEL=info", "GF_SECURITY_ADMIN_PASSWORD=sample="),
      envs("token==sample"),
    ],
  },
};
