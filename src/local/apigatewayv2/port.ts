// One port per HTTP API on 127.0.0.1: who may call, AWS's size limits, and the body, before the API sees a request.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isLocalHost } from "../guard.ts";
import { readHeaders, type RequestHeaders } from "./event.ts";

/** "Total combined size of request line and header values" (Amazon API Gateway quotas, HTTP API). */
const REQUEST_HEAD_LIMIT = 10_240;
/** "Payload size" of the same page: 10 MB. */
const BODY_LIMIT = 10 * 1024 * 1024;

/** A request that may be served; a request without a body has none, not an empty one. */
export interface ApiRequest {
  readonly message: IncomingMessage;
  readonly head: RequestHeaders;
  readonly body: Buffer | undefined;
  readonly port: number;
}

export interface ApiPort {
  readonly port: number;
  /** Stops listening and ends what is still open. */
  close(): Promise<void>;
}

/**
 * @param wanted the port to listen on, 0 for any
 * @throws {Error} Node's EADDRINUSE or EACCES when the port cannot be had
 */
export async function openPort(
  wanted: number,
  serve: (request: ApiRequest, response: ServerResponse) => void,
): Promise<ApiPort> {
  // Node ends a connection whose head is longer than this without our having a say, so it stays well above AWS's limit.
  const server = createServer(
    { maxHeaderSize: 4 * REQUEST_HEAD_LIMIT, keepAliveTimeout: 65_000 },
    (message, response) => receive(message, response, serve),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function receive(
  message: IncomingMessage,
  response: ServerResponse,
  serve: (request: ApiRequest, response: ServerResponse) => void,
): void {
  const { headers } = message;
  if (!isLocalHost(headers.host)) return refuse(message, response, 403, "Forbidden");
  const head = readHeaders(message.rawHeaders);
  const line = (message.method ?? "").length + (message.url ?? "").length + " HTTP/1.1 ".length;
  if (line > REQUEST_HEAD_LIMIT) return refuse(message, response, 414, "Request-URI Too Long");
  if (line + head.size > REQUEST_HEAD_LIMIT) return refuse(message, response, 431, "Request Header Fields Too Large");

  const port = message.socket.localPort ?? 0;
  const length = headers["content-length"];
  if (headers["transfer-encoding"] === undefined && (length === undefined || length === "0")) {
    return serve({ message, head, body: undefined, port }, response);
  }
  if (Number(length) > BODY_LIMIT) return refuse(message, response, 413, "Request Entity Too Large");
  readBody(message, (body) => {
    if (body === "too large") refuse(message, response, 413, "Request Entity Too Large");
    else serve({ message, head, body: body.length === 0 ? undefined : body, port }, response);
  });
}

/** Calls back once, and not at all when the client hangs up before the end. */
function readBody(message: IncomingMessage, done: (body: Buffer | "too large") => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  message.on("error", () => {});
  message.on("data", function collect(chunk: Buffer) {
    size += chunk.length;
    if (size <= BODY_LIMIT) {
      chunks.push(chunk);
      return;
    }
    message.off("data", collect);
    message.removeAllListeners("end");
    done("too large");
  });
  message.once("end", () => done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
}

/** Says no. The rest of the request is read and forgotten, so that a client still sending gets to see the answer. */
function refuse(message: IncomingMessage, response: ServerResponse, status: number, reason: string): void {
  const body = JSON.stringify({ message: reason });
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    connection: "close",
  });
  response.end(body);
  message.on("error", () => {});
  message.resume();
}
