// What went wrong because something is somebody else's, or may be.

import type { Candidate, StoppedCommand } from "../../../core/problem.ts";
import { shellOf } from "../../shell.ts";
import type { ProblemTexts } from "../catalogue.ts";
import { label, titleOf } from "./labels.ts";
import { madeBy, whose } from "./makers.ts";
import { ofUsers } from "./role-users.ts";

/** Where no command was stopped. */
const UP: StoppedCommand = { command: "up", canAdopt: true };

export const ownershipProblems = {
  RoleShared: ({ name, roleArn, users, answer }) => ({
    what: `The role ${name} is not taken over: ${ofUsers(users, () => "other functions use it, too, and would lose what it allows them")}. ${answer === "beforehand" ? "--yes is no answer to that" : "Nobody is here to be asked"}; nothing was changed.`,
    ...(users === "unknown" ? {} : { details: `  ${users.join("\n  ")}` }),
    todo: `${users === "unknown" ? "Get that right" : "Give those functions another role"}, use another --stack, or leave the role as it is and only use it, with --role-arn ${roleArn}. ${answer === "beforehand" ? "Without --yes, on a terminal," : "On a terminal"} you are asked.`,
  }),
  Foreign: ({ resources, stack, stopped: { command, canAdopt } = UP }) => ({
    what: "These exist already and are not this stack's; nothing was touched:",
    details: resources.map((each) => `  ${label(each.resource)} ${titleOf(each)}${whose(each)}`).join("\n"),
    todo: `Use another name (\`awsls ${command} --stack my-${stack}\`), ${canAdopt ? "delete them yourself, or take them over with --adopt" : "or delete them yourself"}.`,
  }),
  NotUnique: ({ name, stack, candidates }) => ({
    what: `There are ${candidates.length} HTTP APIs named ${name}, none of them made here: which one is meant cannot be told. Nothing was touched.`,
    details: candidates.map(candidateLine).join("\n"),
    todo: `Delete the others (\`aws apigatewayv2 delete-api --api-id …\`) or give them other names (\`aws apigatewayv2 update-api --api-id … --name …\`), then run the same command again; or use another name (\`awsls up --stack my-${stack}\`).`,
  }),
  OwnershipUnknown: ({ resource, name, action }) => ({
    what: `The ${label(resource)} ${name} exists, but whose it is cannot be read.`,
    todo: `Get the right ${action}, or use another --stack.`,
  }),
  OtherOrigin: ({ stack, owner, origin, created, here, stopped: { canAdopt } = UP }) => ({
    what: `The stack ${stack} was made by ${owner} from ${origin}${created === undefined ? "" : ` on ${created}`}; this is ${here}, without its state file.`,
    todo: `Somebody else's? Use another --stack. Your own? ${canAdopt ? "Take it over with --adopt" : "Take it over with `awsls up --adopt`"}.`,
  }),
  RoleUnchecked: ({ action }) => ({
    what: `Whether other functions use it could not be checked: the right ${action} is missing.`,
    todo: "Get that right and run the same command again, or delete the role yourself if nobody needs it.",
  }),
  CodeNotFetched: ({ name, path, reason }) => ({
    what: `The code of the function ${name} would be replaced, and could not be fetched to be kept; nothing was touched.`,
    details: reason,
    todo: `Run the same command again; it goes on, too, once you have saved it yourself: \`${fetchingCode(name, path)}\`. If nobody needs it, delete the function.`,
  }),
  KeptCodeDiffers: ({ path }) => ({
    what: `${path} is where the function's code would be kept, and something else is there; nothing was touched.`,
    todo: "Move it away (if a download ended early it may be a part of the code, or an error in its place), then run the same command again.",
  }),
} satisfies Partial<ProblemTexts>;

/** `  abcdefghij  made 2026-11-20 09:30 UTC  (stack …)`. */
function candidateLine({ id, createdAt, belongsTo }: Candidate): string {
  const made = createdAt === undefined ? "" : `made ${createdAt.slice(0, 16).replace("T", " ")} UTC`;
  return [`  ${id}`, made, belongsTo && `(${madeBy(belongsTo)})`].filter(Boolean).join("  ");
}

function fetchingCode(name: string, path: string): string {
  const shell = shellOf(process.platform);
  const location = `aws lambda get-function --function-name ${shell.quote(name)} --query Code.Location --output text`;
  return shell.download(location, path);
}
