// Answers of AWS that the local cloud never gives: from a server that says what it is told to.

import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Clients, createClients } from "../../src/aws/clients.ts";
import { downloadCode } from "../../src/resources/lambda/function-code.ts";

const ZIP = Buffer.from("as good as a zip");
const SEEN = { functionName: "mine", codeSha256: createHash("sha256").update(ZIP).digest("base64") };

let server: Server;
let clients: Clients;
let url = "";
let found: object = {};
let status = 200;
let sent: IncomingHttpHeaders | undefined;
/** Of the download: begun, and never ended. */
let hangs = false;
const stop = new AbortController();
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url?.startsWith("/code") !== true) return response.end(JSON.stringify(found));
    sent = request.headers;
    response.writeHead(status);
    return hangs ? response.write(ZIP) : response.end(ZIP);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const connection = { region: "us-east-1", endpoint: url, credentials };
  clients = createClients({ connection, emit: () => undefined, signal: stop.signal });
});
beforeEach(() => {
  found = { Code: { RepositoryType: "S3", Location: `${url}/code?X-Amz-Signature=secret` } };
  status = 200;
});
afterAll(() => {
  clients.destroy();
  server.closeAllConnections();
  server.close();
});

const download = (): Promise<Uint8Array> => downloadCode({ clients, signal: stop.signal }, SEEN);

it("sends nothing of ours along with the URL", async () => {
  expect(Buffer.from(await download()).equals(ZIP)).toBe(true);
  expect(Object.keys(sent ?? {}).filter((name) => /auth|amz|cookie/i.test(name))).toEqual([]);
});

it.each([
  ["no location", { Code: { RepositoryType: "S3" } }],
  ["a location that is none", { Code: { Location: "secret" } }],
  ["nobody there", { Code: { Location: "http://127.0.0.1:9/code?X-Amz-Signature=secret" } }],
])("%s: is said, and no URL with it", async (_what, answer) => {
  found = answer;
  await expect(download()).rejects.toMatchObject({ name: "CodeUnavailable" });
  await expect(download()).rejects.not.toThrow(/secret/);
});

it("an answer that is no code, and code that is another one", async () => {
  status = 403;
  await expect(download()).rejects.toThrow(/HTTP 403$/);
  status = 200;
  const other = downloadCode({ clients, signal: stop.signal }, { ...SEEN, codeSha256: "other" });
  await expect(other).rejects.toThrow(`CodeSha256 is other, what was fetched has ${SEEN.codeSha256}`);
});

it("Ctrl-C ends it in the middle", async () => {
  hangs = true;
  sent = undefined;
  const ended = download().catch((error: unknown) => error);
  await expect.poll(() => sent).toBeDefined();
  const reason = new Error("stopped");
  stop.abort(reason);
  expect(await ended).toBe(reason);
});
