// The function's side of the Lambda Runtime API over one raw keep-alive connection. Every invocation crosses it twice,
// so the answer to one and the wish for the next go out in a single write.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import { connect } from "node:net";

export interface Received {
  readonly requestId: string;
  readonly functionArn: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** X-Ray's header. */
  readonly trace: string;
  readonly clientContext: string | undefined;
  readonly body: Buffer;
}

export interface RuntimeClient {
  /** Asks for the first invocation. */
  start(): void;
  /** Answers an invocation and asks for the next one. `usage` is what usage.ts reads. */
  respond(requestId: string, body: string | Buffer, usage: string): void;
  /** Reports a failed invocation; asks for the next one unless the process is about to end. */
  fail(requestId: string, body: string, usage: string, last: boolean): void;
  /** Reports that the handler could not be loaded; resolves once the service has it. */
  failInit(body: string, usage: string): void;
  /** Runs once everything that was sent has been answered. */
  whenSettled(then: () => void): void;
  /** Whether the open connection keeps the process alive: not while a handler runs, so that a drained event loop shows. */
  hold(alive: boolean): void;
}

const VERSION = "/2018-06-01/runtime";

/**
 * @param api `AWS_LAMBDA_RUNTIME_API`: host, port and this process's own path
 * @param receive called for each invocation
 * @param lost called when the service is gone
 */
export function createRuntimeClient(
  api: string,
  receive: (invocation: Received) => void,
  lost: () => void,
): RuntimeClient {
  const [host = "", ...rest] = api.split("/");
  const [hostname = "127.0.0.1", port = "0"] = host.split(":");
  const base = `/${[...rest].join("/")}${VERSION}`;
  const next = `GET ${base}/invocation/next HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  /** What the replies under way answer, in order. */
  const expected: ("next" | "post")[] = [];
  let settled: (() => void) | undefined;
  let pending: Buffer = Buffer.alloc(0);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  socket.on("error", lost);
  socket.on("close", lost);
  socket.on("data", (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (takeReply());
  });

  function takeReply(): boolean {
    const end = pending.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const headers = headersOf(pending.toString("latin1", 0, end));
    const start = end + 4;
    const length = Number(headers.get("content-length") ?? 0);
    if (pending.length < start + length) return false;
    const body = pending.subarray(start, start + length);
    pending = pending.subarray(start + length);
    if (expected.shift() === "next") receive(receivedOf(headers, body));
    else if (expected.length === 0) settled?.();
    return true;
  }

  function post(path: string, body: string | Buffer, headers: string, andNext: boolean): void {
    const length = Buffer.byteLength(body);
    const head = `POST ${base}${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${length}\r\n${headers}\r\n`;
    expected.push("post");
    if (andNext) expected.push("next");
    const tail = andNext ? next : "";
    if (typeof body === "string") {
      socket.write(head + body + tail);
      return;
    }
    socket.cork();
    socket.write(head);
    socket.write(body);
    socket.write(tail);
    socket.uncork();
  }

  return {
    start() {
      expected.push("next");
      socket.write(next);
    },
    respond: (requestId, body, usage) =>
      post(`/invocation/${requestId}/response`, body, `Awsls-Usage: ${usage}\r\n`, true),
    fail: (requestId, body, usage, last) =>
      post(`/invocation/${requestId}/error`, body, `Awsls-Usage: ${usage}\r\n`, !last),
    failInit: (body, usage) => post("/init/error", body, `Awsls-Usage: ${usage}\r\n`, false),
    whenSettled(then) {
      if (expected.every((kind) => kind === "next")) then();
      else settled = then;
    },
    hold(alive) {
      if (alive) socket.ref();
      else socket.unref();
    },
  };
}

function headersOf(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function receivedOf(headers: ReadonlyMap<string, string>, body: Buffer): Received {
  return {
    requestId: headers.get("lambda-runtime-aws-request-id") ?? "",
    functionArn: headers.get("lambda-runtime-invoked-function-arn") ?? "",
    deadline: Number(headers.get("lambda-runtime-deadline-ms") ?? 0),
    trace: headers.get("lambda-runtime-trace-id") ?? "",
    clientContext: headers.get("lambda-runtime-client-context"),
    body,
  };
}
