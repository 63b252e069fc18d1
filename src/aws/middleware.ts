// The part of the SDK's middleware stack that every client shares, without any one client's command types.

export interface SdkContext {
  readonly clientName?: string;
  readonly commandName?: string;
}

export interface SdkOutput {
  readonly response?: unknown;
  readonly output: {
    readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
    readonly [member: string]: unknown;
  };
}

export type SdkHandler = (args: { readonly input: object; readonly request?: unknown }) => Promise<SdkOutput>;
export type SdkMiddleware = (next: SdkHandler, context: SdkContext) => SdkHandler;

/** @see https://aws.amazon.com/blogs/developer/middleware-stack-modular-aws-sdk-js/ */
export interface SdkMiddlewareStack {
  add(
    middleware: SdkMiddleware,
    options: { step: "initialize" | "deserialize"; name: string; priority: "high" | "low" },
  ): void;
  addRelativeTo(middleware: SdkMiddleware, options: { relation: "after"; toMiddleware: string; name: string }): void;
}

/** `dynamodb` of `DynamoDBClient`, as in the `aws` command line. */
export function serviceOf(clientName = ""): string {
  const name = clientName.replace(/Client$/, "").toLowerCase();
  return CLI_NAMES[name] ?? name;
}

const CLI_NAMES: Readonly<Record<string, string>> = {
  cloudwatchlogs: "logs",
  cognitoidentity: "cognito-identity",
  cognitoidentityprovider: "cognito-idp",
  eventbridge: "events",
};

/** `CreateTable` of `CreateTableCommand`. */
export function operationOf(commandName = ""): string {
  return commandName.replace(/Command$/, "");
}
