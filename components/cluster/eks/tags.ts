/** Tags of everything that the environment makes in AWS: for bills, for rights by tag, and to find what was left. */
export const tagsOf = (cluster: string): Readonly<Record<string, string>> => ({
  application: "moat",
  cluster,
});
