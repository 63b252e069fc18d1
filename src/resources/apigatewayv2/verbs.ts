// API Gateway's actions are HTTP verbs on paths.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html

import type { IamAction } from "../rights.ts";

export const VERBS = [
  "apigateway:DELETE",
  "apigateway:GET",
  "apigateway:PATCH",
  "apigateway:POST",
] as const satisfies readonly IamAction[];

/**
 * What AWS has been seen to ask of whoever makes something with tags: the verb on the path of the tags, and an action that is in no
 * list of AWS's, on what is made (aws-cloudformation/cloudformation-coverage-roadmap#997, mattclay/aws-terminator#284,
 * cloudtools/awacs#254).
 */
export const TAGGING = ["apigateway:PUT", "apigateway:TagResource"] as const satisfies readonly IamAction[];
