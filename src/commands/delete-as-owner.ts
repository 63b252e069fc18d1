// The item of `awsls test` where the API lets only admins delete: its row is deleted by whoever owns the table.

import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { missingRightIn } from "../aws/missing-right.ts";
import type { StackContext } from "./context.ts";
import type { Rights } from "../resources/rights.ts";

export const DELETE_RIGHTS: Rights = { itself: ["dynamodb:DeleteItem"] };

const DELETE_MS = 5_000;

/**
 * Where that is refused, or after Ctrl-C, it is told how to do it: the test does not fail for it.
 * @returns whether the row is gone
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
 */
export async function deleteAsOwner({ session, emit }: StackContext, id: string): Promise<boolean> {
  const { clients, names } = session;
  const request = new DeleteItemCommand({ TableName: names.table, Key: { id: { S: id } } });
  const of = { table: names.table, id };
  try {
    await clients.get(DynamoDBClient).send(request, { abortSignal: AbortSignal.timeout(DELETE_MS) });
    emit({ type: "notice", code: "ItemDeleted", data: of });
    return true;
  } catch (error) {
    const missing = missingRightIn(error);
    emit({ type: "notice", code: "ItemStays", data: { ...of, ...(missing === undefined ? {} : { missing }) } });
    return false;
  }
}
