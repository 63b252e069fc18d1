// A port in front of MiniStack that notes which calls pass, so that "changes nothing" is counted outside of awsls.

import { createServer, request } from "node:http";

/**
 * @typedef {object} Recorder
 * @property {string} url
 * @property {() => string[]} takeCalls what passed since the last time, `POST dynamodb DescribeTable` or `GET /v2/apis`
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} target
 * @returns {Promise<Recorder>}
 */
export function startRecorder(target) {
  /** @type {string[]} */
  let calls = [];
  const server = createServer((incoming, outgoing) => {
    /** @type {Buffer[]} */
    const chunks = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      calls.push(nameOf(incoming, body));
      const { method, headers } = incoming;
      const forwarded = request(new URL(incoming.url ?? "/", target), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on("error", () => outgoing.destroy());
      forwarded.end(body);
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}`,
        takeCalls() {
          const taken = calls;
          calls = [];
          return taken;
        },
        close() {
          server.closeAllConnections();
          return new Promise((closed) => server.close(() => closed()));
        },
      });
    });
  });
}

/**
 * @param {import("node:http").IncomingMessage} incoming
 * @param {Buffer} body
 */
function nameOf({ method = "", url = "", headers }, body) {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return `${method} ${target.replace(".", " ")}`;
  const action = new URLSearchParams(body.toString("latin1")).get("Action");
  return action === null ? `${method} ${url.split("?")[0]}` : `${method} query ${action}`;
}

/**
 * Whether a call only looks. REST says it by its method, the others by the operation's name.
 * @param {string} call
 */
export function isReading(call) {
  return call.startsWith("GET /") || /^POST \S+ (?:Describe|Get|List|Scan|Query|Filter)/.test(call);
}
