// Writes items into the table `killed` until it is killed, and prints how many DynamoDB has acknowledged.

import { once } from "node:events";
import dynalite from "dynalite";

const server = dynalite({ path: process.argv[2] ?? "", createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
await once(server.listen(0, "127.0.0.1"), "listening");
const address = server.address();
const port = typeof address === "object" ? address?.port : 0;

for (let count = 1; ; count += 1) {
  const answer = await fetch(`http://127.0.0.1:${port}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.PutItem",
      "x-amz-date": "20260101T000000Z",
      authorization: "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c",
    },
    body: JSON.stringify({ TableName: "killed", Item: { id: { S: String(count) } } }),
  });
  await answer.text();
  if (answer.ok) process.stdout.write(`${count}\n`);
}
