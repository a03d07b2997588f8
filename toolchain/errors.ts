/** An error for the user's eyes: what is wrong, and what to do next. It is shown without a stack. */
export class ToolError extends Error {
  constructor(
    message: string,
    readonly advice?: string,
  ) {
    super(advice === undefined ? message : `${message}\n  -> ${advice}`);
    this.name = "ToolError";
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
