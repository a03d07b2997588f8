/** A port of a pod on this machine, by `kubectl port-forward`. It arrives inside the pod, at loopback too, past every wall. */
import { type ChildProcess, spawn } from "node:child_process";
import { until } from "./progress";

export interface Forward {
  /** The port here. After the connection to the pod broke it is another one, so ask each time. */
  readonly port: () => Promise<number>;
  /** The next port will be another one than this, which leads nowhere any more. kubectl does not always notice. */
  readonly renew: (broken: number) => void;
  readonly close: () => void;
}

export function forward(namespace: string, pod: string, port: number): Forward {
  let current: Tunnel | undefined;
  return {
    port: async () => {
      if (current === undefined || current.ended()) current = open(namespace, pod, port);
      const tunnel = current;
      return until(`a way to port ${port} of ${pod}`, 30, async () => tunnel.port(), 0.1);
    },
    renew: (broken) => {
      if (current?.port() !== broken) return;
      current.child.kill();
      current = undefined;
    },
    close: () => current?.child.kill(),
  };
}

interface Tunnel {
  readonly child: ChildProcess;
  /** Undefined until it listens. */
  readonly port: () => number | undefined;
  readonly ended: () => boolean;
}

function open(namespace: string, pod: string, port: number): Tunnel {
  const args = ["port-forward", "-n", namespace, `pod/${pod}`, `:${port}`, "--address=127.0.0.1"];
  const child = spawn("kubectl", args, { stdio: ["ignore", "pipe", "pipe"], env: process.env });
  let said = "";
  const listen = (chunk: Buffer): void => {
    said += chunk.toString();
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  return {
    child,
    port: () => {
      const [, number] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (number === undefined && child.exitCode !== null)
        throw new Error(`kubectl port-forward ended: ${said}`);
      return number === undefined ? undefined : Number(number);
    },
    ended: () => child.exitCode !== null || child.signalCode !== null,
  };
}
