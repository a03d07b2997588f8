/** AWS's APIs by boto3, which knows their shapes. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { type Moto, region } from "../../../toolchain/aws/moto";

/** As whom. Without a token: a user's key. */
export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly token?: string;
}

/** Whoever comes while callers are not checked. */
const anybody: Keys = { accessKey: "anybody", secretKey: "anybody" };

/** A policy that allows all. */
export const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

const answers = z.union([
  z.object({ result: z.record(z.string(), z.unknown()) }),
  z.object({ code: z.string(), message: z.string() }),
]);
type Answer = z.output<typeof answers>;
export const accessKeys = z.object({
  AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }),
});

export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class Boto {
  private readonly child: ChildProcess;
  private readonly waiting: { done(answer: Answer): void; failed(error: Error): void }[] = [];
  private administrator = anybody;
  private ended = false;

  /** Comes as an administrator unless told otherwise. */
  static async open(moto: Moto): Promise<Boto> {
    const boto = new Boto(moto);
    boto.administrator = await boto.user("administrator", everything);
    return boto;
  }

  private constructor(moto: Moto) {
    this.child = spawn(moto.python, [join(__dirname, "boto.py")], {
      env: { ...process.env, ...moto.env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.child.stdout)
      createInterface(this.child.stdout).on("line", (line) =>
        this.waiting.shift()?.done(answers.parse(JSON.parse(line))),
      );
    this.child.on("exit", () => {
      this.ended = true;
      for (const { failed } of this.waiting.splice(0)) failed(new Error("boto3 has ended"));
    });
  }

  /** Calls an operation, such as `s3` `put_object`. Throws an AwsError when it is refused. */
  async call(
    service: string,
    operation: string,
    parameters: Readonly<Record<string, unknown>> = {},
    { accessKey, secretKey, token }: Keys = this.administrator,
  ): Promise<Record<string, unknown>> {
    if (this.ended) throw new Error("boto3 has ended");
    const caller = {
      region_name: region,
      aws_access_key_id: accessKey,
      aws_secret_access_key: secretKey,
      ...(token !== undefined && { aws_session_token: token }),
    };
    const answer = await new Promise<Answer>((done, failed) => {
      this.waiting.push({ done, failed });
      this.child.stdin?.write(`${JSON.stringify({ service, operation, parameters, caller })}\n`);
    });
    if ("result" in answer) return answer.result;
    throw new AwsError(answer.code, answer.message);
  }

  /** The code of the error, or `allowed`. */
  async verdict(...call: Parameters<Boto["call"]>): Promise<string> {
    try {
      await this.call(...call);
      return "allowed";
    } catch (error) {
      if (error instanceof AwsError) return error.code;
      throw error;
    }
  }

  /** Makes a user with these rights and no others. */
  async user(UserName: string, PolicyDocument: string): Promise<Keys> {
    await this.call("iam", "create_user", { UserName });
    await this.call("iam", "put_user_policy", { UserName, PolicyName: "rights", PolicyDocument });
    const made = await this.call("iam", "create_access_key", { UserName });
    const { AccessKeyId, SecretAccessKey } = accessKeys.parse(made).AccessKey;
    return { accessKey: AccessKeyId, secretKey: SecretAccessKey };
  }

  stop(): void {
    this.child.stdin?.end();
  }
}
