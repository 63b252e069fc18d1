// AWS credentials for users and guests with the real executable on the local cloud: what they type, see, and get wrong.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { fromProcess } from "@aws-sdk/credential-providers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CredentialsResult } from "../../src/commands/identity-credentials.ts";
import type { IdentityItemsResult } from "../../src/commands/identity-items.ts";
import type { WriteResult } from "../../src/commands/identity-write.ts";
import { BIN, cleanEnvironment, type Outcome, openWorkplace } from "./awsls.ts";

const EMAIL = "kim@example.com";
const PASSWORD = "C0rrect-horse!";
const TableName = "http-crud-tutorial-items";
const USERS_ROLE = "http-crud-tutorial-authenticated-role";
const GUEST_FILE = ".awsls/http-crud-tutorial.guest";

interface ProcessCredentials {
  readonly Version: number;
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: string;
}

function open() {
  const place = openWorkplace();
  const inPlace = (path: string): string => join(place.folder, path);
  return {
    place,
    inPlace,
    identity: (...args: string[]): Promise<Outcome> => place.awsls("identity", ...args),
    json: <T>(...args: string[]): Promise<T> => place.json<T>("identity", ...args),
    signIn: (): Promise<Outcome> => place.awslsFed(`${PASSWORD}\n`, "auth", "sign-in", EMAIL, "--password-stdin"),
    async prepare(...enabling: string[]): Promise<void> {
      await place.awsls("up", "--local");
      await place.awsls("auth", "enable");
      await place.awsls("identity", "enable", ...enabling);
      await place.awslsFed(`${PASSWORD}\n`, "auth", "users", "create", EMAIL, "--password-stdin");
    },
    async exported(...args: string[]): Promise<ProcessCredentials> {
      return place.json<ProcessCredentials>("identity", "credentials", "--export", ...args);
    },
  };
}

type Scene = ReturnType<typeof open>;

async function dynamodbOf(scene: Scene, ...args: string[]): Promise<DynamoDBClient> {
  const { endpoint, region } = await scene.place.clientConfig();
  const { AccessKeyId, SecretAccessKey, SessionToken } = await scene.exported(...args);
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 });
}

describe("a user", () => {
  it(
    "is told what comes first, puts a row, sees a denial and why; down leaves nothing",
    {
      timeout: 120_000,
    },
    async () => {
      const scene = open();
      const { place, identity, json, signIn, inPlace } = scene;
      try {
        await place.awsls("up", "--local");
        const early = await identity("credentials");
        expect([early.code, early.stdout]).toEqual([3, ""]);
        expect(early.stderr).toContain("awsls auth enable");
        await scene.prepare();

        const nobody = await identity("credentials");
        expect([nobody.code, nobody.stdout]).toEqual([3, ""]);
        expect(nobody.stderr).toContain("awsls auth sign-in <email>");
        expect(nobody.stderr).not.toContain("--guest");
        const uninvited = await identity("credentials", "--guest");
        expect([uninvited.code, uninvited.stdout]).toEqual([4, ""]);
        expect(uninvited.stderr).toContain("awsls identity enable --guests");
        expect(existsSync(inPlace(GUEST_FILE))).toBe(false);

        await signIn();
        const who = await identity("credentials");
        expect(who.stdout).toMatch(new RegExp(`^You are arn:aws:sts::0{12}:assumed-role/${USERS_ROLE}/`));
        expect(who.stdout).toMatch(/^Until \d\d:\d\d:\d\d \(UTC.*\), (59|60) minutes from now\.$/m);
        expect(who.stdout).toContain("awsls identity credentials --export");
        const { identityId, may } = await json<CredentialsResult>("credentials");
        expect(who.stdout).toContain(`Identity: ${identityId}\n`);
        expect(may).toBe("readAndWriteOwn");

        const put = await identity("put", "lamp", "--price", "3");
        expect(put).toMatchObject({ code: 0, stderr: "" });
        expect(put.stdout).toBe(
          `Put ${identityId}:lamp\nAllowed by the statement WriteOwnRows of the policy awsls-least-privilege.\n`,
        );
        const denied = await identity("put", "--id", "123");
        expect(denied).toMatchObject({ code: 5, stderr: "" });
        expect(denied.stdout.split("\n")).toEqual([
          "Not put: 123 (dynamodb:PutItem was denied)",
          `Denied because no statement of ${USERS_ROLE} allows dynamodb:PutItem on that row.`,
          expect.stringMatching(
            /^AWS says: User: .* because no identity-based policy allows the dynamodb:PutItem action$/,
          ),
          "",
        ]);
        const look = await place.awsls("identity", "put", "--id", `${identityId}x:lamp`, "--json");
        expect(look.code).toBe(5);
        expect(JSON.parse(look.stdout) as WriteResult).toMatchObject({
          allowed: false,
          reason: { is: "noStatement", role: USERS_ROLE },
        });

        const row = { id: `${identityId}:lamp`, name: "lamp", price: 3 };
        expect((await identity("items")).stdout.split("\n").slice(1)).toEqual([
          `* ${JSON.stringify(row)}`,
          "* a row of your own",
          "",
        ]);
        expect(await throughApi(scene, row.id)).toEqual(row);
        expect((await identity("remove", "lamp")).stdout).toMatch(
          /^Removed .*:lamp\nAllowed by the statement WriteOwnRows/,
        );
        expect((await json<IdentityItemsResult>("items")).items).toEqual([]);

        await identity("enable", "--guests");
        await place.awsls("auth", "sign-out");
        expect((await identity("items")).stderr).toContain("A guest need not: add --guest.");
        expect(await identity("items", "--guest")).toMatchObject({ code: 0 });
        expect(existsSync(inPlace(GUEST_FILE))).toBe(true);
        expect(await place.awsls("down")).toMatchObject({ code: 0 });
        expect(readdirSync(place.folder)).toEqual([]);
      } finally {
        await place.close();
      }
    },
  );
});

/** By the route `GET /items/{id}`, with the colon as a client may send it. */
async function throughApi({ place, inPlace }: Scene, id: string): Promise<unknown> {
  const state = readFileSync(inPlace(".awsls/http-crud-tutorial.json"), "utf8");
  const { resources } = JSON.parse(state) as { resources: { api: { attributes: { apiEndpoint: string } } } };
  const headers = { authorization: `Bearer ${(await place.awsls("auth", "token")).stdout.trim()}` };
  const url = `${resources.api.attributes.apiEndpoint}/items/`;
  const answers = await Promise.all([id, encodeURIComponent(id)].map((path) => fetch(url + path, { headers })));
  const [plain, encoded] = await Promise.all(answers.map((answer) => answer.json()));
  expect(encoded).toEqual(plain);
  return plain;
}

describe("credentials", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = open();
    await scene.prepare("--guests");
    await scene.signIn();
  }, 120_000);
  afterAll(() => scene.place.close());

  it("are printed only with --export, then for AWS's own tools", async () => {
    const { identity, exported, place } = scene;
    const given = await exported();
    expect(Object.keys(given).toSorted()).toEqual(
      ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken", "Version"].toSorted(),
    );
    expect(given.Version).toBe(1);
    expect(Date.parse(given.Expiration) - Date.now()).toBeGreaterThan(3500_000);
    for (const outcome of [await identity("credentials"), await identity("credentials", "--json")]) {
      expect(outcome.stdout).not.toMatch(/ASIA|[A-Za-z0-9/+]{40}|eyJ/);
    }
    const { stdout } = await identity("credentials", "--export", "--guest");
    expect(stdout).toContain(place.cloud().url);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });

  it("are taken by the SDK from a profile's credential_process, wherever it runs", async () => {
    const { place, inPlace } = scene;
    const state = inPlace(".awsls/http-crud-tutorial.json");
    const command = `"${process.execPath}" "${BIN}" --state "${state}" identity credentials --export --json`;
    writeFileSync(inPlace("config"), `[profile user]\ncredential_process = ${command}\n`);
    const { endpoint, region } = await place.clientConfig();
    const credentials = fromProcess({ profile: "user", configFilepath: inPlace("config") });
    const dynamodb = new DynamoDBClient({ endpoint, region, credentials });
    const denied = dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: "1" } } }));
    await expect(denied).rejects.toThrow(`assumed-role/${USERS_ROLE}/CognitoIdentityCredentials is not authorized`);
    await dynamodb.send(new ScanCommand({ TableName }));
    dynamodb.destroy();
    rmSync(inPlace("config"));
  });

  it.skipIf(process.platform === "win32")("are set in a shell, which fails when there are none", () => {
    const inShell = (args: string): string =>
      execFileSync(
        "sh",
        [
          "-c",
          `eval "$("$NODE" "$BIN" identity credentials ${args} 2>/dev/null)" && echo "$AWS_DEFAULT_REGION$AWS_PROFILE"`,
        ],
        {
          cwd: scene.place.folder,
          env: cleanEnvironment({ NODE: process.execPath, BIN, AWS_PROFILE: "mine" }),
          encoding: "utf8",
        },
      );
    expect(inShell("--export --guest")).toBe("us-east-1\n");
    expect(() => inShell("--export --gest")).toThrow();
  });

  it("a user's let by no other way of asking write, nor a guest's by any", { timeout: 60_000 }, async () => {
    const { identityId } = await scene.json<CredentialsResult>("credentials");
    const own = { id: { S: `${identityId}:lamp` } };
    const user = await dynamodbOf(scene);
    await user.send(new PutItemCommand({ TableName, Item: own }));
    const denied = (call: Promise<unknown>): Promise<void> =>
      expect(call).rejects.toMatchObject({ name: "AccessDeniedException" });
    const query = { KeyConditionExpression: "id = :id", ExpressionAttributeValues: { ":id": own.id } };
    await denied(user.send(new QueryCommand({ TableName, ...query })));
    const RequestItems = { [TableName]: [{ PutRequest: { Item: own } }] };
    await denied(user.send(new BatchWriteItemCommand({ RequestItems })));
    await denied(user.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM "${TableName}"` })));
    user.destroy();

    const guest = await dynamodbOf(scene, "--guest");
    expect((await guest.send(new ScanCommand({ TableName }))).Items).toEqual([own]);
    await denied(guest.send(new PutItemCommand({ TableName, Item: own })));
    guest.destroy();
    for (const operation of ["put", "remove"]) {
      const { code, stdout } = await scene.identity(operation, "lamp", "--guest");
      expect(code).toBe(5);
      expect(stdout).toContain("no statement of http-crud-tutorial-guest-role allows");
    }
  });

  it("nothing secret of them is in --verbose, nor kept", { timeout: 60_000 }, async () => {
    const { identity, inPlace, place } = scene;
    const { idToken } = JSON.parse(readFileSync(inPlace(".awsls/http-crud-tutorial.tokens"), "utf8")) as {
      idToken: string;
    };
    const said = [
      await identity("credentials", "--verbose"),
      await identity("credentials", "--guest", "--verbose"),
      await identity("put", "lamp", "--verbose"),
      await identity("items", "--guest", "--verbose"),
    ];
    const all = said.map(({ stdout, stderr }) => stdout + stderr).join("\n");
    expect(all).not.toContain(idToken);
    expect(all).not.toMatch(/eyJ|ASIA/);
    expect(all).toContain('":"***"}\'');
    expect(all).toContain("# with the credentials of `awsls identity credentials --export`\naws dynamodb put-item");
    expect(all).toContain("# with the credentials of `awsls identity credentials --guest --export`\naws dynamodb scan");

    const exported = await identity("credentials", "--export", "--verbose");
    const [, secret = "no secret"] = /SECRET_ACCESS_KEY=(\S+)/.exec(exported.stdout) ?? [];
    expect(exported.stderr).not.toContain(secret);
    const files = readdirSync(inPlace(".awsls")).filter((name) => /\.(json|guest|log)$/.test(name));
    expect(files).toContain("http-crud-tutorial.guest");
    for (const name of files) {
      const text = readFileSync(inPlace(join(".awsls", name)), "utf8");
      expect([name, /ASIA|eyJ/.test(text), text.includes(secret)]).toEqual([name, false, false]);
    }
    const mode = process.platform === "win32" ? 0o666 : 0o600;
    expect(statSync(join(place.folder, GUEST_FILE)).mode & 0o777).toBe(mode);
  });

  it.each([
    [["put"], "give the row a name"],
    [["put", ""], "give the row a name"],
    [["put", "lamp", "--price", "cheap"], "--price"],
    [["remove", "lamp", "--price", "3"], "--price"],
    [["items", "lamp"], "too many arguments"],
  ])("are not asked for by a mistake: %s", async (args, words) => {
    const { code, stdout, stderr } = await scene.identity(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
  });

  it("are not asked for by a dry run", async () => {
    const dry = await scene.identity("put", "lamp", "--dry-run");
    expect(dry).toMatchObject({ code: 0, stderr: "" });
    expect(dry.stdout).toContain("nothing was");
    expect(dry.stdout).toContain("GetCredentialsForIdentity");
  });
});
