// Which functions have a role.

import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { everyPage } from "../../aws/pages.ts";
import type { Scope } from "../resource.ts";
import type { Rights } from "../rights.ts";

export const ROLE_USER_RIGHTS: Rights = { itself: [], everywhere: ["lambda:ListFunctions"] };

/**
 * Names of the functions that have it, be it in a published version alone: an alias may lead there. Functions of another
 * region are not seen, though a role has no region. Needs `lambda:ListFunctions`; 50 entries a page are the most AWS gives.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
export async function functionsWithRole(scope: Scope, roleArn: string): Promise<string[]> {
  const lambda = scope.clients.get(LambdaClient);
  const entries = await everyPage(async (Marker) => {
    const page = await lambda.send(new ListFunctionsCommand({ FunctionVersion: "ALL", MaxItems: 50, Marker }));
    return { items: page.Functions, next: page.NextMarker };
  });
  const names = entries.flatMap(({ FunctionName, Role }) => (Role === roleArn && FunctionName ? [FunctionName] : []));
  return [...new Set(names)];
}
