import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud } from "../cloud.ts";
import type { TestCloud } from "../cloud.ts";

describe("STS", () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await startTestCloud();
  });
  afterAll(() => test.close());

  it("GetCallerIdentity says root of the account for the cloud's own key", async () => {
    const identity = await new STSClient(test.config).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: "000000000000",
      Arn: "arn:aws:iam::000000000000:root",
      UserId: "000000000000",
    });
    expect(identity.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    [
      "Action=GetCallerIdentity",
      "InvalidAction",
      "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
    ],
    [
      "Action=GetCallerIdentity&Version=2010-01-01",
      "InvalidAction",
      "Could not find operation GetCallerIdentity for version 2010-01-01",
    ],
    ["Version=2011-06-15", "MissingAction", "The request is missing an action or a required parameter."],
    ["", "MissingAction", "The request is missing an action or a required parameter."],
    ["Action=Nope&Version=2011-06-15", "UnknownOperationException", "The local cloud does not implement sts Nope"],
  ])("refuses the form %j as %s", async (form, name, message) => {
    const client = new STSClient(test.config);
    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> };
        request.body = form;
        request.headers["content-length"] = String(form.length);
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name,
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });
});
