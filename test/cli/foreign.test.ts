// What the state file records but is somebody else's by now: `down` leaves it and forgets it.

import { ApiGatewayV2Client, GetApisCommand, TagResourceCommand as TagApi } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient, TagResourceCommand as TagLogGroup } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, TagResourceCommand as TagTable } from "@aws-sdk/client-dynamodb";
import { IAMClient, TagRoleCommand } from "@aws-sdk/client-iam";
import { LambdaClient, TagResourceCommand as TagFunction } from "@aws-sdk/client-lambda";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { RemovalResult } from "../../src/commands/removal.ts";
import { type ClientConfig, openWorkplace, type Workplace } from "./awsls.ts";

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

const NAME = "http-crud-tutorial";
const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const TAGS = { "awsls:stack": "another" };
const LIST = [{ Key: "awsls:stack", Value: "another" }];

/** Another stack's tag on it. */
const GIVE_AWAY: Readonly<Record<string, (config: ClientConfig) => Promise<unknown>>> = {
  table: (config) =>
    new DynamoDBClient(config).send(new TagTable({ ResourceArn: arn("dynamodb", `table/${NAME}-items`), Tags: LIST })),
  role: (config) => new IAMClient(config).send(new TagRoleCommand({ RoleName: `${NAME}-role`, Tags: LIST })),
  logGroup: (config) =>
    new CloudWatchLogsClient(config).send(
      new TagLogGroup({ resourceArn: arn("logs", `log-group:/aws/lambda/${NAME}-function`), tags: TAGS }),
    ),
  function: (config) =>
    new LambdaClient(config).send(
      new TagFunction({ Resource: arn("lambda", `function:${NAME}-function`), Tags: TAGS }),
    ),
  api: async (config) => {
    const gateway = new ApiGatewayV2Client(config);
    const { Items: [api] = [] } = await gateway.send(new GetApisCommand({}));
    await gateway.send(new TagApi({ ResourceArn: `arn:aws:apigateway:us-east-1::/apis/${api?.ApiId}`, Tags: TAGS }));
  },
};

/** Components whose resources are in the cloud. */
async function present(): Promise<string[]> {
  const services = { dynamodb: "table", iam: "role", logs: "logGroup", lambda: "function", apigateway: "api" };
  return (await place.holds()).map((held) => services[held.split(":")[2] as keyof typeof services]).toSorted();
}

it.each([[["table"]], [["api"]], [["function", "role"]], [Object.keys(GIVE_AWAY)]])(
  "%s: named, left, forgotten",
  async (components) => {
    await place.awsls("up", "--local");
    const config = await place.clientConfig();
    for (const component of components) await GIVE_AWAY[component]?.(config);
    const { deleted, leftAlone } = await place.json<RemovalResult>("down");
    const left = leftAlone.map(({ component }) => component);
    expect(left.toSorted()).toEqual(components.toSorted());
    expect(deleted.filter(({ component }) => components.includes(component))).toEqual([]);
    expect(await present()).toEqual(components.toSorted());
    expect(existsSync(join(place.folder, `.awsls/${NAME}.json`))).toBe(false);
    expect(readdirSync(join(place.folder, ".awsls"))).toEqual([".gitignore", "local"]);
    // A second time it is nobody's business of ours any more.
    expect(await place.json<RemovalResult>("down")).toMatchObject({ deleted: [] });
    expect(await present()).toEqual(components.toSorted());
  },
);
