// The Runtime API's own HTTP, byte by byte, over a real socket.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serveConnection } from "../../src/local/lambda/runtime-connection.ts";
import type { RuntimeReply, RuntimeRequest } from "../../src/local/lambda/runtime-connection.ts";

let server: Server;
let client: Socket;
let text = "";
let served: { request: RuntimeRequest; reply: RuntimeReply }[] = [];

beforeEach(async () => {
  [text, served] = ["", []];
  server = createServer((socket) => {
    serveConnection(socket, 10, (request, reply) => void served.push({ request, reply }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("data", (chunk) => (text += chunk.toString("latin1")));
});
afterEach(() => {
  client.destroy();
  server.close();
});

const bodies = (): (string | undefined)[] => served.map(({ request }) => request.body?.toString());

test("a request that comes in pieces", async () => {
  for (const byte of "POST /a HTTP/1.1\r\nContent-Length: 3\r\nX-One:  1 \r\n\r\nabc") {
    client.write(byte);
    await new Promise(setImmediate);
  }
  await expect.poll(bodies).toEqual(["abc"]);
  const { method, path, headers } = served[0]?.request ?? {};
  expect([method, path, headers?.get("x-one")]).toEqual(["POST", "/a", "1"]);
});

test("requests in one piece are served one after another, answered in their order", async () => {
  client.write(
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\naGET /b HTTP/1.1\r\n\r\nPOST /c HTTP/1.1\r\nContent-Length: 1\r\n\r\nc",
  );
  await expect.poll(bodies).toEqual(["a"]);
  served[0]?.reply(202);
  expect(bodies()).toEqual(["a", ""]);
  served[1]?.reply(200, { "x-id": "i" }, Buffer.from("body"));
  expect(bodies()).toEqual(["a", "", "c"]);
  served[2]?.reply(404);
  await expect
    .poll(() => text)
    .toBe(
      "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n" +
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-id: i\r\n\r\nbody" +
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
    );
});

test("of a body that is too large nothing is kept, and what follows is served", async () => {
  client.write(`POST /a HTTP/1.1\r\nContent-Length: 11\r\n\r\n${"a".repeat(11)}GET /b HTTP/1.1\r\n\r\n`);
  await expect.poll(bodies).toEqual([undefined]);
  served[0]?.reply(413);
  expect(served[1]?.request.path).toBe("/b");
});

test.each([
  ["a body without a length", "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 411],
  ["a length that is none", "POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400],
  ["no request at all", "hello\r\n\r\n", 400],
])("%s ends the connection", async (_what, sent, status) => {
  client.write(sent);
  await once(client, "end");
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*connection: close`));
  expect(served).toEqual([]);
});
