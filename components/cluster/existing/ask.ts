/**
 * Asks an API server some questions and waits for all answers. It waits for real, not by a promise: a program of Pulumi registers
 * resources from its first line on, and nothing may be made before the cluster is known to be fit.
 */
import { join } from "node:path";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { z } from "zod";
import type { ApiAccess } from "./access";

export interface Question {
  readonly method: "GET" | "POST";
  /** From the server's root, with its query. */
  readonly path: string;
  readonly body?: object;
  /** In which form the answer is wanted. Default: JSON. */
  readonly accept?: string;
}

/** What came back, or why nothing did. */
export type Answer = { readonly status: number; readonly body: string } | { readonly failure: string };

const answers = z.array(
  z.union([z.object({ status: z.int(), body: z.string() }), z.object({ failure: z.string() })]),
);

/** Longest wait for one answer, in milliseconds. */
const timeout = 10_000;

/** Answers in the order of the questions. */
export function ask(access: ApiAccess, questions: readonly Question[]): Answer[] {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(join(__dirname, "askWorker.cjs"), {
    workerData: { access, questions, timeout, port: port2, done },
    transferList: [port2],
    // The program's own loader of TypeScript is of no use there, and slow to start.
    execArgv: [],
  });
  worker.on("error", () => {});
  // Questions go out four at a time.
  Atomics.wait(done, 0, 0, timeout * (1 + Math.ceil(questions.length / 4)));
  const message: unknown = receiveMessageOnPort(port1)?.message;
  port1.close();
  void worker.terminate();
  const parsed = answers.safeParse(message);
  return parsed.success ? parsed.data : questions.map(() => ({ failure: "the asking thread ended" }));
}
