// PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency, GetAccountSettings.

import { AwsError } from "../service.ts";
import type { JsonObject, Operation } from "../service.ts";
import { FUNCTION_NAME, namedArn, requireFunction } from "./function-name.ts";
import type { LambdaContext } from "./function-record.ts";

const CONCURRENCY = "functions/{FunctionName}/concurrency";

export function concurrencyOperations(context: LambdaContext): Record<string, Operation> {
  const { env, records } = context;
  const resource = (input: JsonObject): string => namedArn(env, input);
  return {
    PutFunctionConcurrency: {
      rest: { method: "PUT", path: `/2017-10-31/${CONCURRENCY}` },
      input: {
        FunctionName: FUNCTION_NAME,
        ReservedConcurrentExecutions: { type: "integer", required: true, min: 0 },
      },
      resource,
      run(input) {
        const record = requireFunction(context, input);
        // Other than in an account of AWS, what is reserved here takes nothing from the other functions, and so is never
        // refused. AWS: InvalidParameterValueException when it would leave them less than the account's minimum (10 of a
        // new account's 10, so nothing but 0 can be reserved there; else 100).
        const reservedConcurrency = Number(input["ReservedConcurrentExecutions"]);
        records.set(record.name, { ...record, reservedConcurrency });
        return { ReservedConcurrentExecutions: reservedConcurrency };
      },
    },
    GetFunctionConcurrency: {
      rest: { method: "GET", path: `/2019-09-30/${CONCURRENCY}` },
      input: { FunctionName: FUNCTION_NAME },
      resource,
      run(input) {
        const { reservedConcurrency } = requireFunction(context, input);
        return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
      },
    },
    DeleteFunctionConcurrency: {
      rest: { method: "DELETE", path: `/2017-10-31/${CONCURRENCY}`, status: 204 },
      input: { FunctionName: FUNCTION_NAME },
      resource,
      run(input) {
        const { reservedConcurrency, ...record } = requireFunction(context, input);
        if (reservedConcurrency !== undefined) records.set(record.name, record);
        return undefined;
      },
    },
    GetAccountSettings: {
      rest: { method: "GET", path: "/2016-08-19/account-settings" },
      input: {},
      run() {
        const all = [...records.values()];
        return {
          AccountLimit: {
            TotalCodeSize: 80_530_636_800,
            CodeSizeUnzipped: 262_144_000,
            CodeSizeZipped: 52_428_800,
            ConcurrentExecutions: context.functionConcurrency,
            UnreservedConcurrentExecutions: context.functionConcurrency,
          },
          AccountUsage: {
            TotalCodeSize: all.reduce((sum, { codeSize }) => sum + codeSize, 0),
            FunctionCount: all.length,
          },
        };
      },
    },
  };
}

/** What Invoke answers when no process got free in time. */
export function tooManyRequests(reserved: boolean): AwsError {
  return new AwsError("TooManyRequestsException", 429, "Rate Exceeded.", {
    Type: "User",
    Reason: reserved ? "ReservedFunctionConcurrentInvocationLimitExceeded" : "ConcurrentInvocationLimitExceeded",
  });
}
