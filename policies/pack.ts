/** The policy pack: `pulumi preview --policy-pack policies`. */
import { PolicyPack } from "@pulumi/policy";
import { policyOf } from "./policy";
import { rules } from "./rules";

new PolicyPack("moat", { policies: rules.map(policyOf) });
