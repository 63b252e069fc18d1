// What `--verbose` shows of the calls to AWS: once where they go, then each as a command that can be copied, and how it ended.

import type { CallEvent, ConnectedEvent } from "../core/event.ts";
import { awsLine } from "./aws-line.ts";
import { harmlessOnOneLine } from "./harmless.ts";
import { MASK } from "./secrets.ts";
import type { Invocation } from "./invocation.ts";
import type { Shell } from "./shell.ts";
import type { ProgressTexts } from "./text/catalogue.ts";

export interface CallLinesOptions {
  readonly shell: Shell;
  readonly awsls: Invocation;
  readonly progress: Pick<ProgressTexts, "called" | "calledAs">;
  /** How a comment looks. */
  dim(text: string): string;
}

/**
 * Lines for each of these events; a call that only repeats the last one, as waiting does, adds how it ended. The comment has
 * a line of its own: zsh, as it comes, would take one behind a command for arguments. A line with something masked is a
 * comment as a whole: run as it stands, it would write the mask.
 */
export function createCallLines(options: CallLinesOptions): (event: CallEvent | ConnectedEvent) => string[] {
  const { shell, awsls, progress, dim } = options;
  let environment: string[] = [];
  let last: string | undefined;
  return (event) => {
    if (event.type === "connected") {
      environment = [environmentLine(event, options)];
      return [];
    }
    const written = awsLine(event, shell);
    const line = written.includes(MASK) ? `# ${written}` : written;
    const exporting = `identity credentials${event.as === "guest" ? " --guest" : ""} --export`;
    const lines = [
      ...environment,
      ...(event.as === undefined ? [] : [dim(`# ${progress.calledAs(awsls(exporting))}`)]),
      ...(line === last ? [] : [line]),
      dim(`# ${harmlessOnOneLine(progress.called(event))}`),
    ];
    environment = [];
    last = line;
    return lines;
  };
}

/** The command that makes a session's `aws` go where awsls goes. */
function environmentLine(connected: ConnectedEvent, { shell, awsls }: CallLinesOptions): string {
  const { kind, region, endpoint, profile, unset, folder } = connected;
  const leading =
    kind === "local"
      ? shell.evaluate(awsls("local env"), folder)
      : shell.setVariables({
          ...Object.fromEntries(unset.map((name) => [name, undefined])),
          AWS_REGION: region,
          ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
          ...(profile === undefined ? {} : { AWS_PROFILE: profile }),
        });
  return [...shell.preparation, leading].join("; ");
}
