// Which rights the caller has, lacks, and of which that cannot be told, as lines for people.

import type { PermissionsReport, RightsOn } from "../commands/permissions-check.ts";
import type { Finished } from "./command.ts";
import type { Words } from "./render.ts";
import { wrapped } from "./wrapped.ts";

export function finishCheck(report: PermissionsReport): Finished {
  return { result: report, hasFailed: report.verdict === "lacking", lines: (words) => renderCheck(report, words) };
}

function renderCheck(report: PermissionsReport, { text, awsls, look }: Words): string[] {
  const { permissions } = text;
  const columns = look.columns();
  const rights = ({ actions, resource }: RightsOn, why: string): string[] => [
    ...wrapped(`${resource}: ${why}`, columns, "", "  "),
    ...wrapped(actions.join(" "), columns, "  ", "  "),
  ];
  const { lacking, untold, verdict } = report;
  return [
    ...permissions.caller(report).flatMap((line) => wrapped(line, columns, "", "  ")),
    "",
    ...lacking.flatMap((each) => rights(each, permissions.lacks[each.why])),
    ...untold.flatMap((each) => rights(each, permissions.untold(each))),
    ...(lacking.length + untold.length === 0 ? [] : [""]),
    ...permissions.verdict(report).flatMap((line) => wrapped(line, columns)),
    ...(verdict === "lacking" ? [`${permissions.policy}  ${awsls("permissions")}`] : []),
  ];
}
