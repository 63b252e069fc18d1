// The rows that the timer has put: their ids are the times at which it ran.

import { DynamoDBClient, GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { unlessMissing } from "../aws/errors.ts";
import { problemIn } from "../stack/observe.ts";
import type { StackContext } from "./context.ts";
import { type Item, toItem } from "./item.ts";
import type { Rights } from "../resources/rights.ts";

export interface TimerRow {
  readonly id: string;
  /** Milliseconds since the epoch: what the id says. */
  readonly at: number;
  readonly item: Item;
}

export interface TimerRows {
  /** In order. */
  readonly rows: readonly TimerRow[];
  /** How much of the table was read for them, in pages of 1 MB: a Scan reads all of it. */
  readonly pages: number;
}

export const TIMER_ROW_RIGHTS: Rights = { itself: ["dynamodb:GetItem", "dynamodb:Scan"] };

/** The same number of digits until the year 2286, so that they are in order as texts, too. */
const TIME = /^\d{13}$/;
/** How far the function's clock may be ahead of ours: what is later is no time, but somebody's number of 13 digits. */
const AHEAD_MS = 60 * 60_000;

/**
 * What is in a row is not looked at: the function may be the learner's own. By a Scan: ids cannot be asked for by their order.
 * @param since milliseconds since the epoch
 * @returns undefined when there is no table
 */
export async function scanTimerRows({ session, clock }: StackContext, since: number): Promise<TimerRows | undefined> {
  const dynamodb = session.clients.get(DynamoDBClient);
  const between = { ":from": { S: toId(since) }, ":to": { S: toId(clock.now() + AHEAD_MS) } };
  const found: TimerRow[] = [];
  let pages = 0;
  let ExclusiveStartKey;
  do {
    const command: ScanCommand = new ScanCommand({
      TableName: session.names.table,
      FilterExpression: "#id BETWEEN :from AND :to",
      ExpressionAttributeNames: { "#id": "id" },
      ExpressionAttributeValues: between,
      ExclusiveStartKey,
    });
    const page = await ofTable(session, () => dynamodb.send(command));
    if (page === undefined) return undefined;
    found.push(...(page.Items ?? []).flatMap((attributes) => toTimerRow(toItem(attributes))));
    pages += 1;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return { rows: found.toSorted((a, b) => a.at - b.at), pages };
}

/** As it is stored now; undefined when it, or the table, is not there. */
export async function getRow({ session }: StackContext, id: string): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: session.names.table, Key: { id: { S: id } }, ConsistentRead: true });
  const found = await ofTable(session, () => session.clients.get(DynamoDBClient).send(command));
  return found?.Item === undefined ? undefined : toItem(found.Item);
}

function toId(time: number): string {
  return String(Math.max(0, time)).padStart(13, "0");
}

function toTimerRow(item: Item): TimerRow[] {
  const { id } = item;
  return typeof id === "string" && TIME.test(id) ? [{ id, at: Number(id), item }] : [];
}

async function ofTable<T>(session: StackContext["session"], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await unlessMissing(read(), "ResourceNotFoundException");
  } catch (error) {
    throw problemIn(session, { component: "table", name: session.names.table }, error);
  }
}
