// Whether a function's resource policy lets a service invoke it.

import { expect, test } from "vitest";
import { permits } from "../../src/local/lambda/permissions.ts";
import type { FunctionRecord, Statement } from "../../src/local/lambda/function-record.ts";

const SOURCE = "arn:aws:execute-api:us-east-1:000000000000:abc/$default/GET/items/{id}";
const CALLER = { principal: "apigateway.amazonaws.com", sourceArn: SOURCE };

function may(change: Partial<Statement>): boolean {
  const statement: Statement = {
    Sid: "s",
    Effect: "Allow",
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: "arn:aws:lambda:us-east-1:000000000000:function:f",
    ...change,
  };
  const record: Pick<FunctionRecord, "statements"> = { statements: [statement] };
  return permits(record, "000000000000", CALLER);
}

const from = (arn: string): Partial<Statement> => ({ Condition: { ArnLike: { "AWS:SourceArn": arn } } });

test.each<[boolean, string, Partial<Statement>]>([
  [true, "no condition", {}],
  [true, "everybody", { Principal: "*" }],
  [false, "another service", { Principal: { Service: "events.amazonaws.com" } }],
  [false, "an account", { Principal: { AWS: "arn:aws:iam::000000000000:root" } }],
  [true, "any action of Lambda", { Action: "lambda:*" }],
  [false, "another action", { Action: "lambda:GetFunction" }],
  [true, "the tutorial's source", from("arn:aws:execute-api:us-east-1:000000000000:abc/*/*/items*")],
  [true, "the whole API", from("arn:aws:execute-api:us-east-1:000000000000:abc/*")],
  [true, "exactly", from(SOURCE)],
  [false, "another API", from("arn:aws:execute-api:us-east-1:000000000000:abd/*")],
  [false, "another method", from("arn:aws:execute-api:us-east-1:000000000000:abc/*/PUT/items*")],
  [false, "another region", from("arn:aws:execute-api:eu-west-1:000000000000:abc/*")],
  [false, "a star does not cross the parts of an ARN", from("arn:aws:execute-api:*:abc/*")],
  [true, "its account", { Condition: { StringEquals: { "AWS:SourceAccount": "000000000000" } } }],
  [false, "another account", { Condition: { StringEquals: { "AWS:SourceAccount": "111122223333" } } }],
])("%s: %s", (expected, _case, change) => {
  expect(may(change)).toBe(expected);
});
