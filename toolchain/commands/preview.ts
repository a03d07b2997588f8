/** What would change, by the real engine. */
import { onStack, pulumi } from "../pulumi";
import { devStack } from "../stackConfig";

export async function preview(): Promise<void> {
  const stack = process.env.STACK || devStack;
  await onStack(stack, () => pulumi(["preview", "--diff", "--stack", stack], { show: true }));
}
