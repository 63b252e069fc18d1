// One connection to the Runtime API: as much of HTTP/1.1 as runtimes speak there, bodies with a length, one request
// after another. Every invocation crosses it twice, and Node's own HTTP server would write each answer by itself: here
// "taken" and the next invocation reach a runtime, which asked for both in one go, as one write.

import type { Socket } from "node:net";

export interface RuntimeRequest {
  readonly method: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Undefined when it was larger than allowed. */
  readonly body: Buffer | undefined;
}

export type RuntimeReply = (
  status: number,
  headers?: Readonly<Record<string, string | number>>,
  body?: Uint8Array,
) => void;

/** A request whose body comes. */
interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly length: number;
  readonly parts: Buffer[];
  missing: number;
}

const MAX_HEAD_BYTES = 65_536;
const EMPTY: Buffer = Buffer.alloc(0);
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  202: "Accepted",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  411: "Length Required",
  413: "Payload Too Large",
};

/**
 * Serves a connection until it ends. The reply may come at any later time; what follows on the connection waits for it.
 * @param maxBody bytes; of a larger body nothing is kept
 */
export function serveConnection(
  socket: Socket,
  maxBody: number,
  serve: (request: RuntimeRequest, reply: RuntimeReply) => void,
): void {
  let unread = EMPTY;
  let incoming: Incoming | undefined;
  let isServing = false;
  socket.setNoDelay(true);
  // Its process has gone; whoever waits for that learns it from the process.
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    socket.cork();
    while (!isServing && takeRequest());
    socket.uncork();
  });

  /** Whether there was a whole request. */
  function takeRequest(): boolean {
    incoming ??= takeHead();
    if (!incoming) return false;
    const part = unread.subarray(0, incoming.missing);
    unread = unread.subarray(part.length);
    incoming.missing -= part.length;
    if (incoming.length <= maxBody) incoming.parts.push(part);
    if (incoming.missing > 0) return false;
    const { method, path, headers, length, parts } = incoming;
    incoming = undefined;
    isServing = true;
    const [first = EMPTY] = parts;
    const body = parts.length > 1 ? Buffer.concat(parts) : first;
    serve({ method, path, headers, body: length <= maxBody ? body : undefined }, reply);
    return true;
  }

  function takeHead(): Incoming | undefined {
    const end = unread.indexOf("\r\n\r\n");
    if (end < 0) {
      if (unread.length > MAX_HEAD_BYTES) socket.destroy();
      return undefined;
    }
    const [line = "", ...fields] = unread.toString("latin1", 0, end).split("\r\n");
    unread = unread.subarray(end + 4);
    const [method, path] = line.split(" ");
    const headers = new Map(fields.map(toHeader));
    const length = Number(headers.get("content-length") ?? 0);
    const problem = headers.has("transfer-encoding") ? 411 : !method || !path || !(length >= 0) ? 400 : undefined;
    if (method && path && problem === undefined) return { method, path, headers, length, parts: [], missing: length };
    // Where the next request begins is not known any more.
    socket.end(headOf(problem ?? 400, { connection: "close" }, 0));
    unread = EMPTY;
    return undefined;
  }

  function reply(
    status: number,
    headers: Readonly<Record<string, string | number>> = {},
    body: Uint8Array = EMPTY,
  ): void {
    isServing = false;
    socket.cork();
    socket.write(headOf(status, headers, body.length), "latin1");
    if (body.length > 0) socket.write(body);
    if (unread.length > 0) while (!isServing && takeRequest());
    socket.uncork();
  }
}

function toHeader(field: string): [string, string] {
  const colon = field.indexOf(":");
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
}

function headOf(status: number, headers: Readonly<Record<string, string | number>>, length: number): string {
  let head = `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\ncontent-length: ${length}\r\n`;
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
  return `${head}\r\n`;
}
