// What it costs that IAM's policies are enforced: the same call to DynamoDB by the account's own key, which nothing is asked about, by a
// role's session, and by a user of an identity pool, whose policy looks at the row.

import { Agent } from "node:http";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { note } from "./figures.mjs";
import { median, send } from "./measure.mjs";
import { inCloud } from "./stack.mjs";

/** @typedef {import("./stack.mjs").Stack} Stack */
/**
 * @typedef {{
 *   endpoint: string,
 *   region: string,
 *   credentials: { accessKeyId: string, secretAccessKey: string, sessionToken?: string },
 * }} Connection
 */
/** @typedef {{ url: string, headers: Record<string, string>, body: string }} Signed */

const TABLE = "http-crud-tutorial-items";
const ROLE = "bench";
const CONNECTIONS = 16;
const ROUNDS = 9;
const SECONDS = 1;
/** The condition of the identity pool's users; their id is a tag here, for nobody signs in. */
const OWN_ROWS = {
  "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/me}:*"] },
  Null: { "dynamodb:LeadingKeys": "false" },
};

export async function enforcement() {
  await inCloud(async (stack) => {
    const { url: endpoint, accessKeyId, secretAccessKey, region } = stack.cloud;
    const root = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    const iam = new IAMClient(root);
    const { sessionWith, remove } = roleSessions(root, iam);
    const item = new PutItemCommand({
      TableName: TABLE,
      Item: { id: { S: "me:1" }, name: { S: "bench" }, price: { N: "1" } },
    });
    /** @type {Record<string, Signed>} */
    const calls = {
      root: await signed(root, item),
      role: await signed({ ...root, credentials: await sessionWith({}) }, item),
      rows: await signed({ ...root, credentials: await sessionWith({ Condition: OWN_ROWS }) }, item),
    };
    /** @type {Record<string, number[]>} */
    const rates = { root: [], role: [], rows: [] };
    // In turn, the first round to warm up.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [who, call] of Object.entries(calls)) {
        const rate = await perSecond(call);
        if (round > 0) rates[who]?.push(rate);
      }
    }
    for (const [who, what] of /** @type {const} */ ([
      ["role", "a role's call to DynamoDB, its policy enforced"],
      ["rows", "the same where the policy looks at the row"],
    ])) {
      const kept = median((rates[who] ?? []).map((rate, round) => rate / (rates["root"]?.[round] ?? NaN)));
      const text = `${kept.toFixed(2)} × (${Math.round(median(rates[who] ?? []))} of ${Math.round(median(rates["root"] ?? []))} requests/s)`;
      note(`${what}, against the account's own`, text, rates, "≥ 0.9 ×", kept >= 0.9);
    }
    await remove();
    iam.destroy();
  });
}

/**
 * @param {Connection} root
 * @param {IAMClient} iam
 */
function roleSessions(root, iam) {
  const trust = { Effect: "Allow", Principal: { AWS: "*" }, Action: ["sts:AssumeRole", "sts:TagSession"] };
  /** @type {string[]} */
  const names = [];
  /** @param {object} more of the statement that lets it put items */
  const sessionWith = async (more) => {
    const RoleName = `${ROLE}-${names.length}`;
    names.push(RoleName);
    const document = (/** @type {object} */ Statement) => JSON.stringify({ Version: "2012-10-17", Statement });
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
    const PolicyDocument = document({ Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*", ...more });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "bench", PolicyDocument }));
    const sts = new STSClient({ ...root });
    const Tags = [{ Key: "me", Value: "me" }];
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "bench", Tags }),
    );
    sts.destroy();
    return {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
  };
  const remove = async () => {
    for (const RoleName of names) {
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "bench" }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    }
  };
  return { sessionWith, remove };
}

/**
 * The request that the SDK would send: good for five minutes, and sent again and again, so that it is not the signing that is measured.
 * @param {Connection} config
 * @param {PutItemCommand} command
 * @returns {Promise<Signed>}
 */
async function signed(config, command) {
  const client = new DynamoDBClient({ ...config });
  /** @type {Signed | undefined} */
  let sent;
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers, body, path } = /** @type {any} */ (args.request);
      sent = { url: `${config.endpoint}${path}`, headers, body: new TextDecoder().decode(body) };
      return next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "bench" },
  );
  await client.send(command);
  client.destroy();
  if (sent === undefined) throw new Error("nothing was sent");
  return sent;
}

/** @param {Signed} call */
async function perSecond({ url, headers, body }) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const end = performance.now() + SECONDS * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < end) {
        const { status } = await send({ url, method: "POST", headers, json: JSON.parse(body), agent });
        if (status !== 200) throw new Error(`HTTP ${status}`);
        done += 1;
      }
    }),
  );
  agent.destroy();
  return done / SECONDS;
}
