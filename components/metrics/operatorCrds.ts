/**
 * The kinds that the Prometheus Operator adds to the cluster. A component of its own, because everything that is of these kinds, the
 * operator itself and the monitors of tenants must come after it and go before it.
 */
import * as pulumi from "@pulumi/pulumi";
import { definitionsFrom } from "../workload/definitions";
import { crdFiles } from "./crds";

export interface OperatorCrdsArgs {
  /** Folder with one file for each kind. Default: where the toolchain puts them, `.moat/crds/prometheus-operator/<version>`. */
  readonly folder?: string;
  /** False where they are on the cluster already, and somebody else's. Default: true. */
  readonly made?: boolean;
}

export class OperatorCrds extends pulumi.ComponentResource {
  constructor(name: string, args: OperatorCrdsArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:OperatorCrds", name, {}, opts);
    if (args.made !== false) definitionsFrom(name, crdFiles(args.folder), this);
    this.registerOutputs({});
  }
}

/**
 * Options for components with objects of these kinds among others: those objects come after the definitions, and after what else is
 * given, and go before them, and nothing else waits for them. Schemas take the engine long.
 */
export const afterDefinitions = (
  definitions: OperatorCrds,
  ...more: readonly pulumi.Resource[]
): pulumi.ComponentResourceOptions => ({
  transformations: [
    ({ type, props, opts }) =>
      type.startsWith("kubernetes:monitoring.coreos.com/")
        ? { props, opts: pulumi.mergeOptions(opts, { dependsOn: [definitions, ...more] }) }
        : undefined,
  ],
});
