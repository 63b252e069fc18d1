// Where the `aws` of a command that is suggested has to go: where the calls of this run went.

import type { ConnectedEvent } from "../core/event.ts";
import type { Invocation } from "./invocation.ts";
import type { Shell } from "./shell.ts";
import type { ProgressTexts } from "./text/catalogue.ts";

export interface AwsTarget {
  /** Undefined before this run could call anything. */
  readonly connected: ConnectedEvent | undefined;
  readonly shell: Shell;
  readonly awsls: Invocation;
  readonly progress: Pick<ProgressTexts, "awsLocally">;
}

/** `aws login`, `aws configure` and the like call no service of a stack. */
const AWS = /\baws (?=(apigatewayv2|cognito-idp|dynamodb|iam|lambda|logs|sts) )/g;

/** The sentence with the options that its `aws` needs: `aws --profile work --region eu-west-1 lambda …`. */
export function withAwsTarget(text: string, { connected, shell, awsls, progress }: AwsTarget): string {
  if (connected === undefined || text.search(AWS) === -1) return text;
  if (connected.kind === "local")
    return `${text} ${progress.awsLocally(shell.evaluate(awsls("local env"), connected.folder))}`;
  const { profile, region, endpoint } = connected;
  const options = { "--profile": profile, "--region": region, "--endpoint-url": endpoint };
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [name, shell.quote(value)],
  );
  return text.replaceAll(AWS, () => `aws ${words.join(" ")} `);
}
