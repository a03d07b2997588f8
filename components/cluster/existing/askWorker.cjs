// A thread that asks an API server. Plain JavaScript, since it starts in a few milliseconds and the program waits for it; see ask.ts.
const { Agent, request } = require("node:https");
const { workerData } = require("node:worker_threads");

const { access, questions, timeout, port, done } = workerData;
const agent = new Agent({
  keepAlive: true,
  maxSockets: 4,
  ca: access.ca,
  cert: access.certificate,
  key: access.key,
  servername: access.serverName,
  rejectUnauthorized: access.verify,
});
const headers = {
  ...(access.authorization !== undefined && { authorization: access.authorization }),
};

function ask({ method, path, body, accept = "application/json" }) {
  return new Promise((resolve) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = text === undefined ? {} : { "content-type": "application/json" };
    const asked = request(
      access.server + path,
      { agent, method, headers: { ...headers, accept, ...type } },
      (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("error", failed);
        answer.on("end", () => resolve({ status: answer.statusCode, body: Buffer.concat(parts).toString() }));
      },
    );
    const failed = (error) => resolve({ failure: error.code ?? error.message });
    const timer = setTimeout(() => asked.destroy(new Error(`no answer in ${timeout / 1000} s`)), timeout);
    asked.on("close", () => clearTimeout(timer));
    asked.on("error", failed);
    asked.end(text);
  });
}

Promise.all(questions.map(ask)).then((answers) => {
  port.postMessage(answers);
  agent.destroy();
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
});
