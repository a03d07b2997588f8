/** Credentials of a cloud that is not there. Its provider wants some, and asks nobody for what does not exist yet. */
export const nowhere = {
  OS_AUTH_URL: "https://keystone.invalid:5000/v3",
  OS_USERNAME: "nobody",
  OS_PASSWORD: "none",
} as const;
