// Which rights a call takes, by IAM's names.

import type { JsonObject, Need, Principal, Service } from "./service.ts";
import type { Found } from "./wire/wire.ts";

interface Asked {
  readonly endpoint: { readonly service: Service };
  readonly found: Found;
  readonly request: { readonly method: string };
}

/** @param withKeys also the condition keys of the call: nothing looks at them unless a policy of the caller or the resource does */
export async function needsOf(
  asked: Asked,
  caller: Principal,
  input: JsonObject,
  withKeys: boolean,
): Promise<readonly Need[]> {
  const { endpoint, found } = asked;
  const { operation } = found;
  if (!operation) return (await endpoint.service.passThrough?.needs(found.name, input, withKeys)) ?? [];
  const resourceDocument = operation.resourcePolicy?.(input);
  const own: Need = {
    action: actionOf(asked),
    resource: operation.resource?.(input) ?? "*",
    ...((withKeys || resourceDocument !== undefined) && operation.keys && { keys: operation.keys(input) }),
    ...(resourceDocument !== undefined && { resourceDocument }),
  };
  return [own, ...(operation.alsoNeeds?.(input, caller) ?? [])];
}

/** API Gateway's actions are HTTP verbs. */
function actionOf({ endpoint, found, request }: Asked): string {
  const { signingName } = endpoint.service;
  return `${signingName}:${found.operation?.action ?? (signingName === "apigateway" ? request.method : found.name)}`;
}
