/** The policy pack: `pulumi preview --policy-pack policies`. */
import { PolicyPack } from "@pulumi/policy";
import { moatPolicies } from "./moatPolicies";

new PolicyPack("moat", { policies: moatPolicies() });
