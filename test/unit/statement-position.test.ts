import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statementSpans } from "../../src/local/iam/statement-position.ts";

const at = (Line: number, Column: number): object => ({ Line, Column });

describe("as AWS has been seen to count", () => {
  it("an inline policy on one line", () => {
    const statement = '{"Effect":"Deny","Action":"ssm:GetParameters","Resource":"*"}';
    const [only] = statementSpans(`{"Version":"2012-10-17","Statement":[${statement}]}`);
    expect(only).toEqual({ start: at(1, 38), end: at(1, 38 + statement.length) });
  });

  it("AdministratorAccess", () => {
    const text = `{
  "Version" : "2012-10-17",
  "Statement" : [
    {
      "Effect" : "Allow",
      "Action" : "*",
      "Resource" : "*"
    }
  ]
}`.replaceAll(" : ", ": ");
    expect(statementSpans(text)).toEqual([{ start: at(3, 17), end: at(8, 6) }]);
  });
});

it("finds every statement, whatever is in it", () => {
  const statement = fc.record(
    { Sid: fc.string(), Resource: fc.array(fc.string()), Condition: fc.dictionary(fc.string(), fc.object()) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(statement), fc.nat(4), fc.string(), (statements, indent, id) => {
      const text = JSON.stringify({ Id: id, Statement: statements, Version: "2012-10-17" }, undefined, indent);
      const spans = statementSpans(text);
      const lines = text.split("\n").map((line, index, all) => line.length + (index < all.length - 1 ? 1 : 0));
      const offset = ({ Line, Column }: { Line: number; Column: number }): number =>
        lines.slice(0, Line - 1).reduce((sum, each) => sum + each, 0) + Column - 1;
      expect(spans.map(({ start, end }) => JSON.parse(text.slice(offset(start), offset(end))))).toEqual(
        JSON.parse(JSON.stringify(statements)),
      );
    }),
  );
});

it("one statement that is no list", () => {
  expect(statementSpans('{"Statement":{"Effect":"Allow"}}')).toEqual([{ start: at(1, 14), end: at(1, 32) }]);
});
