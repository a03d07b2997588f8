/** The policy pack: `pulumi preview --policy-pack policies`. */
import { PolicyPack } from "@pulumi/policy";
import { Config } from "@pulumi/pulumi";
import { namespaceMemory, policiesOf } from "./crossguard";
import { compiledRule, Namespaces } from "./evaluate";
import { rules } from "./rules";
import { parseSettings } from "./settings";

const settings = parseSettings(new Config("moat").getObject("policies"));
const namespaces = new Namespaces();

// A rule that is no CEL ends the preview here, before any resource is looked at.
for (const rule of rules) compiledRule(rule);

new PolicyPack("moat", {
  policies: [namespaceMemory(namespaces), ...rules.flatMap((rule) => policiesOf(rule, settings, namespaces))],
});
