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
});
