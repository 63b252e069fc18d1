// `awsls function invoke`: a request for `GET /items` past the API, or an event of one's own.

import type { StackContext } from "./context.ts";
import { invokeHandler, type InvokeOptions, type InvokeResult } from "./invoke-handler.ts";

/** @throws {Problem} as `invokeHandler` */
export function invokeFunction(context: StackContext, options: InvokeOptions): Promise<InvokeResult> {
  const { session, clock } = context;
  const payload = options.payload ?? JSON.stringify(testEvent(session.place.account, clock.now()));
  return invokeHandler(context, "crud", "function invoke", payload);
}

/**
 * `GET /items` as an HTTP API sends it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html format 2.0
 */
function testEvent(accountId: string, now: number): object {
  const domainPrefix = "test";
  const domainName = `${domainPrefix}.execute-api.amazonaws.com`;
  const userAgent = "awsls";
  return {
    version: "2.0",
    routeKey: "GET /items",
    rawPath: "/items",
    rawQueryString: "",
    headers: { accept: "*/*", host: domainName, "user-agent": userAgent, "x-forwarded-proto": "https" },
    requestContext: {
      accountId,
      apiId: domainPrefix,
      domainName,
      domainPrefix,
      http: { method: "GET", path: "/items", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent },
      requestId: "test",
      routeKey: "GET /items",
      stage: "$default",
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    isBase64Encoded: false,
  };
}
