import * as pulumi from "@pulumi/pulumi";

/** What an input holds once every output in it is known. */
export const settled = <T>(value: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> =>
  new Promise((resolve) => {
    pulumi.output(value).apply((known) => resolve(known));
  });
