// A row of the table as a learner thinks of it.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Readonly<Record<string, unknown>>;

export function toItem(attributes: Readonly<Record<string, AttributeValue>>): Item {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, plain(value)]));
}

/** Of DynamoDB's `{"S": "x"}`. Numbers beyond JavaScript's stay text. */
function plain(value: object): unknown {
  const [[type, content] = []] = Object.entries(value);
  if (type === "N")
    return Number.isSafeInteger(Number(content)) || String(Number(content)) === content ? Number(content) : content;
  if (type === "M" && typeof content === "object") {
    return Object.fromEntries(
      Object.entries(content as object).map(([name, member]) => [name, plain(member as object)]),
    );
  }
  if (type === "L" && Array.isArray(content)) return content.map((each) => plain(each as object));
  if (type === "NULL") return null;
  if (type === "B" && content instanceof Uint8Array) return Buffer.from(content).toString("base64");
  if (type === "BS" && Array.isArray(content))
    return content.map((each) => Buffer.from(each as Uint8Array).toString("base64"));
  return content;
}
