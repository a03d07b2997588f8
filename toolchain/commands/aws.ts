/** The tests on AWS's APIs as moto plays them. */
import { externalDnsProgram } from "../artefacts";
import { canRunMoto, prepareMoto } from "../aws/python";
import { buildGo } from "../builder";
import { say } from "../progress";
import { haveGo, jestProject, type Suite, stage } from "../suites";

/** `tools` gets what the tests run. */
export async function awsSuites(tools: Suite): Promise<Suite[]> {
  if (!(await canRunMoto()) || !(await haveGo())) {
    say("the tests on AWS's APIs are left out: they need Linux, Python 3.10 or later with pip, and Go");
    return [];
  }
  return [
    tools,
    stage("external-dns", () => buildGo([externalDnsProgram])),
    stage("moto", async () => void (await prepareMoto())),
    jestProject("aws"),
  ];
}
