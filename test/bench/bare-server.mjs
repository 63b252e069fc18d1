// What the cloud's way to a function is compared with: the same handler called in process by a bare Node http server.
// `node bare-server.mjs <handler file>` prints its URL; TABLE_NAME and AWS_… come from the environment.

import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const { handler } = await import(pathToFileURL(process.argv[2] ?? "").href);
const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => void reply(request, Buffer.concat(chunks), response));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}\n`);
});
// Its parent's end is its own.
process.stdin.once("end", () => {
  server.close();
  server.closeAllConnections();
});
process.stdin.resume();

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {Buffer} body
 * @param {import("node:http").ServerResponse} response
 */
async function reply({ method, url = "" }, body, response) {
  const id = /^\/items\/(.+)$/.exec(url)?.[1];
  const answer = await handler({
    routeKey: `${method} /items${id === undefined ? "" : "/{id}"}`,
    ...(id !== undefined && { pathParameters: { id: decodeURIComponent(id) } }),
    ...(body.length > 0 && { body: body.toString("utf8") }),
    isBase64Encoded: false,
  });
  response.writeHead(answer.statusCode, answer.headers).end(answer.body);
}
