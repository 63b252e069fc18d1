import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MAX_BODY_BYTES, startServer, startServerNear } from "../../src/local/server.ts";
import type { Server } from "../../src/local/server.ts";
import { Reply } from "../../src/local/service.ts";
import type { WireRequest } from "../../src/local/wire/wire.ts";

let server: Server;
let seen: WireRequest[];
let aborted: boolean;

beforeAll(async () => {
  server = await startServer(0, async (request, signal) => {
    seen.push(request);
    if (request.path === "/drop") return undefined;
    if (request.path === "/hang") {
      await once(signal, "abort");
      aborted = true;
    }
    return new Reply(request.path === "/empty" ? 204 : 200, { "x-own": "1" }, request.body);
  });
});
afterAll(() => server.close());
beforeEach(() => {
  seen = [];
  aborted = false;
});

/** Sends exactly these bytes and gives back everything that comes until the connection ends or an answer is whole. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString();
      const [head = "", body = ""] = answer.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, "").split("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (length !== undefined && body.length >= Number(length)) socket.destroy();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

function call(headers: Record<string, string>, path = "/"): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest({ port: server.port, host: "127.0.0.1", path, method: "POST", headers }, resolve)
      .on("error", reject)
      .end("Action=CreateRole");
  });
}

describe("the control port", () => {
  it("hands over method, path and query as they were sent, and the whole body", async () => {
    const url = `http://localhost:${server.port}/a%2Fb//c?x=%20&x=+`;
    const response = await fetch(url, { method: "PUT", body: "한글" });
    expect([response.status, response.headers.get("x-own"), await response.text()]).toEqual([200, "1", "한글"]);
    expect(seen[0]).toMatchObject({ method: "PUT", path: "/a%2Fb//c", query: "x=%20&x=+" });
  });

  it("answers 204 without a body and without its length", async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/empty`);
    expect([response.status, response.headers.get("content-length")]).toEqual([204, null]);
  });

  it.each([
    ["a foreign Host", { host: "rebound.example.com" }],
    ["a foreign Origin", { origin: "https://example.com" }],
    ["the Origin of a sandboxed page", { origin: "null" }],
    ["another site's request", { "sec-fetch-site": "cross-site" }],
  ])("refuses %s with 403 before anything runs", async (_what, headers) => {
    const response = await call({ "content-type": "application/x-www-form-urlencoded", ...headers });
    expect(response.statusCode).toBe(403);
    expect(seen).toEqual([]);
  });

  it("refuses a foreign page before its body has come", async () => {
    const head = "POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://example.com\r\nContent-Length: 1000000\r\n\r\n";
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 403 /);
    expect(seen).toEqual([]);
  });

  it("refuses an absolute request target, whatever its Host says", async () => {
    expect(await raw("GET http://example.com/ HTTP/1.1\r\nHost: localhost\r\n\r\n")).toMatch(/^HTTP\/1\.1 403 /);
    expect(seen).toEqual([]);
  });

  it("refuses a body larger than AWS takes, announced or not", async () => {
    const announced = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`;
    expect(await raw(announced)).toMatch(/^HTTP\/1\.1 413 /);
    expect(seen).toEqual([]);
  });

  it.each([
    ["too large", {}, MAX_BODY_BYTES + 1, 413, "RequestEntityTooLargeException"],
    ["from a foreign page", { origin: "https://example.com" }, 20_000_000, 403, "ForbiddenException"],
  ])(
    "refuses a body %s so that a client that sends all of it first sees why",
    async (_what, headers, size, status, code) => {
      const url = `http://127.0.0.1:${server.port}/`;
      const response = await fetch(url, { method: "POST", headers, body: Buffer.alloc(size) });
      expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([status, code]);
      expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
      expect(await response.json()).toMatchObject({ __type: code });
      expect(seen).toEqual([]);
    },
  );

  it("lets a refused connection serve the next request once the body is through", async () => {
    const refused = "POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nContent-Length: 3\r\n\r\nabc";
    const socket = connect(server.port, "127.0.0.1", () =>
      socket.write(`${refused}GET / HTTP/1.1\r\nHost: localhost\r\n\r\n`),
    );
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString();
    });
    await expect.poll(() => answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 403", "HTTP/1.1 200"]);
    socket.destroy();
  });

  it("asks for a body that is held back only once it may come", async () => {
    const head = (more: string): string =>
      `POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n${more}\r\n\r\n`;
    expect(await raw(head("Origin: null\r\nContent-Length: 3"))).toMatch(/^HTTP\/1\.1 403 [^]*connection: close/i);
    expect(await raw(head(`Content-Length: ${MAX_BODY_BYTES + 1}`))).toMatch(/^HTTP\/1\.1 413 /);
    expect(seen).toEqual([]);
    const answer = await raw(`${head("Content-Length: 3")}abc`);
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(seen[0]?.body.toString()).toBe("abc");
  });

  it("survives nonsense and clients that go away in the middle", async () => {
    expect(await raw("nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    for (const text of ["POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc", "POST / HT"]) {
      const socket = connect(server.port, "127.0.0.1", () => {
        socket.write(text, () => socket.resetAndDestroy());
      });
      await once(socket, "close");
    }
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it("tells an operation that its caller has hung up", async () => {
    const caller = new AbortController();
    const pending = fetch(`http://127.0.0.1:${server.port}/hang`, { signal: caller.signal });
    await expect.poll(() => seen.length).toBe(1);
    caller.abort();
    await expect(pending).rejects.toThrow();
    await expect.poll(() => aborted).toBe(true);
  });

  it("hangs up without an answer when told to", async () => {
    expect(await raw("GET /drop HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe("");
  });

  it("listens on the loopback alone", async () => {
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    expect(socket.remoteAddress).toBe("127.0.0.1");
    socket.destroy();
  });
});

describe("startServerNear", () => {
  it("takes another port when the wanted one is taken", async () => {
    const other = await startServerNear(server.port, async () => undefined);
    expect(other.port).not.toBe(server.port);
    await other.close();
    const same = await startServerNear(other.port, async () => undefined);
    expect(same.port).toBe(other.port);
    await same.close();
  });
});

describe("close", () => {
  it("breaks what is running and frees the port", async () => {
    let started = 0;
    const own = await startServer(0, async (_request, signal) => {
      started += 1;
      await once(signal, "abort");
      return undefined;
    });
    const pending = fetch(`http://127.0.0.1:${own.port}/`);
    pending.catch(() => {});
    await expect.poll(() => started).toBe(1);
    await own.close();
    await expect(pending).rejects.toThrow();
    const again = await startServer(own.port, async () => undefined);
    await again.close();
  });
});
