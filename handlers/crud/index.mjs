// The function behind the HTTP API: AWS's tutorial handler, with its weak spots mended.
// Lambda calls `handler` once per request; which of the four routes it was stands in `event.routeKey`.

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan } from "@aws-sdk/lib-dynamodb";

// Made once per process, so that the next requests find the connection open.
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}), { unmarshallOptions: { wrapNumbers: toNumber } });
const tableName = process.env.TABLE_NAME;
/** The group that alone may delete; when it is not set, everybody may. */
const deleteOnlyFor = process.env.DELETE_ONLY_FOR;

/** A Lambda answer must stay below 6 MB; this leaves room for its wrapping. */
const MAX_LIST_BYTES = 5 * 1024 * 1024;

/** What the caller got wrong, and the HTTP status that says so. */
class Refusal extends Error {
  constructor(/** @type {number} */ statusCode, /** @type {string} */ message) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** @param {import("aws-lambda").APIGatewayProxyEventV2} event */
export const handler = async (event) => {
  const id = event.pathParameters?.id;
  const claims = claimsIn(event);
  if (claims) console.log(`${event.routeKey} called by ${describeCaller(claims)}`);
  try {
    switch (event.routeKey) {
      case "DELETE /items/{id}":
        if (deleteOnlyFor && !groupsIn(claims).includes(deleteOnlyFor)) {
          throw new Refusal(403, `Only members of the group ${deleteOnlyFor} may delete items`);
        }
        await dynamo.send(new DeleteCommand({ TableName: tableName, Key: { id } }));
        return answer(200, toJson(`Deleted item ${id}`));

      case "GET /items/{id}": {
        // ConsistentRead: an item that was just put is there.
        const { Item } = await dynamo.send(new GetCommand({ TableName: tableName, Key: { id }, ConsistentRead: true }));
        if (!Item) throw new Refusal(404, `There is no item ${id}`);
        return answer(200, toJson(Item));
      }

      case "GET /items":
        return answer(200, await listItems());

      case "PUT /items": {
        const Item = readItem(event);
        await dynamo.send(new PutCommand({ TableName: tableName, Item }));
        return answer(200, toJson(`Put item ${Item.id}`));
      }

      default:
        throw new Refusal(400, `Unsupported route: "${event.routeKey}"`);
    }
  } catch (error) {
    if (error instanceof Refusal) return answer(error.statusCode, toJson({ message: error.message }));
    // DynamoDB's word for a request it cannot take, e.g. an item over 400 KB.
    if (error instanceof Error && error.name === "ValidationException") {
      return answer(400, toJson({ message: error.message }));
    }
    console.error(`${event.routeKey} failed:`, error);
    return answer(500, toJson({ message: "DynamoDB could not do this; the function's log says why" }));
  }
};

/**
 * What the caller's token says, once API Gateway has verified it: nothing where routes are not protected.
 * @param {import("aws-lambda").APIGatewayProxyEventV2 | import("aws-lambda").APIGatewayProxyEventV2WithJWTAuthorizer} event
 */
function claimsIn({ requestContext }) {
  return requestContext && "authorizer" in requestContext ? requestContext.authorizer?.jwt?.claims : undefined;
}

/**
 * For the log, on one line whatever a user's name holds. Of an access token the user name, of an ID token the e-mail, too.
 * @param {NonNullable<ReturnType<typeof claimsIn>>} claims
 */
function describeCaller(claims) {
  const user = claims.email ?? claims.username ?? claims["cognito:username"];
  const caller = JSON.stringify({ sub: claims.sub, user, groups: groupsIn(claims) });
  return caller.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}

/**
 * API Gateway writes a list as one text, `[admins users]`; the claim is absent for a user in no group.
 * @param {ReturnType<typeof claimsIn>} claims
 */
function groupsIn(claims) {
  const text = String(claims?.["cognito:groups"] ?? "").replaceAll(/^\[|\]$/g, "");
  return text === "" ? [] : text.split(" ");
}

/** Every page of the table (DynamoDB gives at most 1 MB at a time), as one JSON list. */
async function listItems() {
  const items = [];
  let bytes = 0;
  for await (const page of paginateScan({ client: dynamo }, { TableName: tableName, ConsistentRead: true })) {
    for (const item of page.Items ?? []) {
      const json = toJson(item);
      bytes += Buffer.byteLength(json) + 1;
      if (bytes > MAX_LIST_BYTES) throw new Refusal(413, "The table holds more than 5 MB: read its items one by one");
      items.push(json);
    }
  }
  return `[${items.join(",")}]`;
}

/**
 * The item in a request's body: `id`, `price` and `name`; anything else in there is not stored.
 * @param {import("aws-lambda").APIGatewayProxyEventV2} event
 */
function readItem(event) {
  // An HTTP API hands over a body in base64 unless its Content-Type says that it is text.
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString() : event.body;
  if (!body) throw new Refusal(400, 'The request has no body: send {"id": "123", "price": 12345, "name": "myitem"}');
  const { id, price, name } = parseObject(body);
  for (const [field, value] of Object.entries({ id, price, name })) {
    if (value === undefined || value === null) throw new Refusal(400, `The item has no ${field}`);
  }
  if (typeof id !== "string") throw new Refusal(400, "id must be a string");
  if (typeof price !== "number") throw new Refusal(400, "price must be a number");
  if (typeof name !== "string") throw new Refusal(400, "name must be a string");

  if (id === "") throw new Refusal(400, "id must not be empty");
  if (Buffer.byteLength(id) > 2048) throw new Refusal(400, "id must not be longer than 2048 bytes of UTF-8");
  // Such an item could never be read again: in a path these have a meaning of their own, even percent-encoded.
  if (/[/?]|^\.{1,2}$/.test(id)) throw new Refusal(400, "id must not contain / or ? nor be . or ..");
  if (Buffer.from(id).toString() !== id) throw new Refusal(400, "id must be valid Unicode");

  // JSON.parse rounds without a word, so look at the digits that were sent.
  for (const [, sent = ""] of body.matchAll(/"price"\s*:\s*(-?[\d.]+(?:e[-+]?\d+)?)/gi)) {
    if (typeof toNumber(sent) === "string") throw new Refusal(400, `JavaScript cannot hold the price ${sent} exactly`);
  }
  return { id, price, name };
}

/**
 * @param {string} text
 * @returns {Record<string, unknown>}
 */
function parseObject(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, 'The body must be a JSON object: {"id": "123", "price": 12345, "name": "myitem"}');
  }
  return value;
}

/**
 * DynamoDB's numbers have up to 38 digits. One that JavaScript would round stays text.
 * @param {string} text
 */
function toNumber(text) {
  const digits = (/** @type {string} */ number) =>
    number
      .replace(/e.*/i, "")
      .replace(/[-.]/g, "")
      .replace(/^0+|0+$/g, "");
  const number = Number(text);
  const exact = Math.abs(number) <= Number.MAX_SAFE_INTEGER && digits(String(number)) === digits(text);
  return exact ? number : text;
}

/**
 * JSON of whatever a table can hold: sets become lists, binary becomes base64.
 * @param {unknown} value
 */
function toJson(value) {
  return JSON.stringify(value, (_, member) => {
    if (member instanceof Set) return [...member];
    return member instanceof Uint8Array ? Buffer.from(member).toString("base64") : member;
  });
}

function answer(/** @type {number} */ statusCode, /** @type {string} */ body) {
  return { statusCode, headers: { "Content-Type": "application/json" }, body };
}
