// Which actions of IAM the calls of a command took.

import type { LoggedRequest } from "../../../src/local/request-log.ts";

/** Operations whose action has another name. */
const IRREGULAR: Readonly<Record<string, string>> = { "lambda:Invoke": "lambda:InvokeFunction" };

const VERBS: readonly (readonly [RegExp, string])[] = [
  [/^Get/, "apigateway:GET"],
  [/^(Create|TagResource)/, "apigateway:POST"],
  [/^Update/, "apigateway:PATCH"],
  [/^Delete/, "apigateway:DELETE"],
];

/** Rights that AWS checks within a call of another. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  "dynamodb:CreateTable": ["dynamodb:TagResource"],
  "events:PutRule": ["events:TagResource"],
  "iam:CreateRole": ["iam:TagRole"],
  "lambda:CreateFunction": ["lambda:TagResource", "iam:PassRole"],
  "logs:CreateLogGroup": ["logs:TagResource"],
};

export function usedIn(requests: readonly LoggedRequest[]): ReadonlySet<string> {
  return new Set(requests.flatMap(({ service, operation }) => actionsOf(service, operation)));
}

function actionsOf(service: string, operation: string): string[] {
  const plain = `${service}:${operation}`;
  if (service === "apigateway") return VERBS.flatMap(([name, verb]) => (name.test(operation) ? [verb] : []));
  return [IRREGULAR[plain] ?? plain, ...(WITHIN[plain] ?? [])];
}
