import type { Rule } from "../../rule";
import { cloud } from "../../samples";
import { pinned } from "./parts";

const container = "docker:index/container:Container";
const remoteImage = "docker:index/remoteImage:RemoteImage";
const of = (image: string) => cloud(container, { image });

export const dockerImages: Rule = {
  id: "S3d",
  title: "Images of Docker containers are pinned",
  why: "Whoever may push to a moving tag runs code in the platform at the next start, and nobody can say what ran before.",
  severity: "medium",
  references: ["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
  scope: "everywhere",
  on: [container, remoteImage],
  variables: { image: "has(object.image) ? object.image : object.name" },
  validations: [
    {
      expression: pinned("variables.image"),
      message: "Give the image a version other than latest, or a digest.",
    },
  ],
  samples: {
    good: [
      of("example.org:5000/team/program:v1.2.3"),
      of(`sha256:${"0".repeat(64)}`),
      cloud(remoteImage, { name: `program@sha256:${"0".repeat(64)}` }),
    ],
    bad: [
      of("program"),
      of("program:latest"),
      of("example.org:5000/program"),
      cloud(remoteImage, { name: "program" }),
    ],
  },
};
