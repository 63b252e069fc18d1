// AWS JSON 1.0 and 1.1: the operation in X-Amz-Target, members in the body, the error's name in `__type`.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html

import { Reply } from "../service.ts";
import type { AwsError, JsonObject, Service } from "../service.ts";
import { operationNamed, parseJsonBody } from "./wire.ts";
import type { Wire } from "./wire.ts";

export function createAwsJson(service: Service): Wire {
  const contentType = service.protocol === "awsJson1_0" ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1";
  const prefix = `${service.target ?? ""}.`;
  const reply = (status: number, members: JsonObject, requestId: string): Reply =>
    new Reply(
      status,
      { "content-type": contentType, "x-amzn-requestid": requestId },
      Buffer.from(JSON.stringify(members)),
    );

  return {
    find(request) {
      const target = request.headers["x-amz-target"];
      if (typeof target !== "string" || !target.startsWith(prefix)) return undefined;
      const name = target.slice(prefix.length);
      return { name, operation: operationNamed(service, name), labels: {} };
    },
    input: (_found, request) => parseJsonBody(request.body),
    answer: (_found, output, requestId) => reply(200, output ?? {}, requestId),
    refusal: (error: AwsError, requestId) =>
      reply(error.status, { __type: error.code, message: error.message, ...error.members }, requestId),
  };
}
