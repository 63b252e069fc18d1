// The function behind the EventBridge rule: each run puts one row into the table.
// EventBridge calls `handler` at every time of the rule's schedule; nothing in the event is needed.

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

// Made once per process, so that the next runs find the connection open.
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const tableName = process.env.TABLE_NAME;

export const handler = async () => {
  // One id a run: the same in the row, in the log and in the answer.
  const id = String(Date.now());
  // What DynamoDB refuses is thrown: Lambda logs it, and runs the event again later.
  await dynamo.send(new PutCommand({ TableName: tableName, Item: { id, price: 1000, name: "item name" } }));
  const answer = `Put item ${id}`;
  console.log(answer);
  return answer;
};
