// What `--help` says of each command and option.

/** Keyed as typed. */
export const commands = {
  up: "steps 1–6 in one go: make what is missing, repair what differs",
  test: "step 7: list, put, get, delete and list again at the live URL",
  down: "step 8: delete everything of this stack",
  logs: "what the function wrote to its log; -f goes on",
  status: "every resource as it is now, the URL, the next step",
  permissions: "the IAM policy that whoever runs awsls needs, as JSON; --check says what of it you lack",
  "table create": "step 1: the DynamoDB table",
  "table show": "show what `table create` made",
  "table items": "what is in the table, read directly",
  "table delete": "delete the table with its items",
  "function create": "step 2: role, log group and function",
  "function eject": "make its code yours: copy it to ./handlers, to be edited and deployed from there",
  "function show": "show what `function create` made",
  "function invoke": "send the function a test event",
  "function delete": "delete function, role and log group",
  "api create": "step 3: the HTTP API and its stage",
  "api show": "show what `api create` made",
  "api delete": "delete the API with everything in it",
  "routes create": "step 4: the four routes, not yet attached",
  "routes list": "list what `routes create` made",
  "routes attach": "step 6: attach the routes to the integration",
  "routes detach": "take the integration off the routes",
  "routes delete": "delete the four routes",
  "integration create": "step 5: the integration and the permission to invoke",
  "integration show": "show what `integration create` made",
  "integration delete": "delete integration and permission",
  "timer enable": "run a function by EventBridge, every minute, that puts a row into the table",
  "timer disable": "turn the rule off; everything stays",
  "timer status": "the rule, its runs and rows, and what keeps it from running",
  "timer invoke": "run its function once, now: the answer, the row, the log",
  "timer watch": "the timer's rows as they arrive, until Ctrl-C",
  "timer delete": "delete rule, function, role and log group of the timer; its rows stay",
  "auth enable": "sign-in by Amazon Cognito: a user pool, and routes that want its tokens",
  "auth disable": "open the routes to everybody again; pool and users stay",
  "auth status": "pool, client, authorizer and routes as they are now",
  "auth delete": "delete user pool, client and authorizer, with all users",
  "auth sign-up": "make yourself a user: Cognito mails a code to the address",
  "auth confirm": "give that code: the address is yours",
  "auth resend-code": "have another code mailed",
  "auth sign-in": "sign in, and keep the tokens beside the state",
  "auth whoami": "who is signed in, and what the tokens say, explained",
  "auth token": "print the access token, for curl",
  "auth sign-out": "revoke the tokens, everywhere, and delete their file",
  "auth forgot-password": "have a code for a new password mailed",
  "auth reset-password": "set a new password with that code",
  "auth change-password": "set a new password with the current one",
  "auth mfa enable": "want a code of an authenticator app at each sign-in",
  "auth mfa disable": "want the password alone again",
  "auth users list": "who may sign in, and in which groups",
  "auth users create":
    "make a user: Cognito mails a temporary password; with --password-stdin it is yours, and no mail is sent",
  "auth users confirm": "confirm a sign-up without its code; its e-mail address counts as verified",
  "auth users delete": "delete a user",
  "auth group list": "the groups, and who is in them",
  "auth group create": "make a group; `--admins-only-delete` is about the one named admins",
  "auth group add": "put a user into a group",
  "auth group remove": "take a user out of a group",
  "auth group delete": "delete a group; its members stay users",
  "auth inbox": "the mails that Cognito sent, on the local cloud",
  "identity enable": "AWS credentials for users: an identity pool and its roles; --guests, --admins for others",
  "identity status": "the pool and its roles as they are now, and what each may do",
  "identity credentials": "exchange your token for AWS credentials: who you are with them, and until when",
  "identity items": "the table with these credentials, straight from DynamoDB",
  "identity put": "put a row of your own, or try another; says which statement allowed it, or that none did",
  "identity remove": "remove a row of your own, or try another; says which statement allowed it, or that none did",
  "identity delete": "delete the identity pool and its roles; users and rows stay",
  "local start": "start the local cloud; it stays until `local stop`",
  "local stop": "stop it; its data stays",
  "local status": "whether it runs, and where",
  "local reset": "delete every resource and row in it",
  "local env": "variables for the aws command and boto3",
} as const;

/** Keyed as commander wants its flags. */
export const options = {
  "--local": "on a local cloud: no account, nothing leaves this machine",
  "--stack <name>": "another stack than http-crud-tutorial",
  "--profile <name>": "a profile of the AWS config files",
  "--region <region>": "the AWS region",
  "--endpoint-url <url>": "another AWS-compatible endpoint",
  "--state <file>": "another state file than .awsls/<stack>.json",
  "--json": "one JSON document on stdout",
  "-y, --yes":
    "do not ask before deleting, lifting a protection against it, taking over, or detaching what is not this stack's; without a terminal, deleting is never asked for",
  "--dry-run": "show what would change, change nothing",
  "--verbose": "show each AWS call as the `aws` command that does the same",
  "--no-color": "no colours",
  "--architecture <name>": "x86_64 (default) or arm64",
  "--bundle": "put the AWS SDK into the function's zip, for runtimes that have none",
  "--no-bundle": "leave it out again",
  "--role-arn <arn>": "use a role that exists; it is never changed or deleted",
  "--no-role-arn": "make a role of the stack's own again",
  "--adopt": "take over resources of these names that are not this stack's; says which, and asks",
  "--watch": "go on: deploy the function's code whenever it is saved, until Ctrl-C",
  "--use-existing": "take the code that is in ./handlers already, as it is",
  "--undo": "go back to the package's own code; yours stays where it is",
  "--id <id>": "the item's id; it must not exist yet",
  "--price <number>": "the item's price",
  "--name <name>": "the item's name",
  "--keep": "leave the item in the table",
  "-f, --follow": "go on with what comes, until Ctrl-C",
  "--since <time>": "from when on: 30s, 10m (the default), 2h, 1d, or 2026-01-31T09:30:00Z",
  "--payload <json>": "the event, or @ and a file of it; if not given, one as API Gateway or EventBridge sends it",
  "--rate <rate>": 'how often: "5 minutes", "1 hour" (1 minute if nothing was chosen)',
  "--schedule <expression>": 'when, in UTC: "cron(0/10 * * * ? *)", or a rate(…)',
  "--protect <routes>": "which routes want a token: all (the default), writes (PUT and DELETE) or none",
  "--admins-only-delete": "let only the group admins delete",
  "--no-admins-only-delete": "let whoever reaches the route delete again",
  "--guests": "let those get credentials, too, who did not sign in: they may read the table",
  "--no-guests": "give guests none again",
  "--admins": "let the group admins write every row, by a role of their own",
  "--no-admins": "take that role away again",
  "--guest": "as a guest, without a token",
  "--export": "print them as variables for the shell; with --json as `credential_process` in an AWS profile wants them",
  "--check": "ask IAM which of these rights you lack",
  "--account <id>": "print it for this account, without asking AWS for yours",
  "--wait": "wait for the first row, and show it",
  "--count <number>": "end after so many rows",
  "--password-stdin":
    "read passwords from stdin, a line each: the password (change-password: the current one), then the new one where one is wanted",
  "--flow <flow>":
    "srp (default): prove that you know the password without sending it; password: send it to Cognito, within TLS",
  "--code <code>": "the six digits from the mail, or of the authenticator app",
  "--header": "print it as the header `Authorization: Bearer …`, for `curl -H @-`",
  "--id": "print the ID token instead: for identity pools, not for the API",
  "--resend": "mail a user who has not signed in yet another temporary password",
  "--port <number>": "the control port",
  "--speed <factor>":
    "let so many minutes of schedules pass in one real minute (60: a minute is a second), until another speed is given",
  "--any-credentials": "accept every access key (for test suites of others)",
} as const;

/** Of commands that delete, where an option means something else. */
export const ofDeletions = {
  "--adopt": "delete resources of these names, too, that are not this stack's; says which, and asks",
} as const;

/** Of `identity put` and `identity remove`. */
export const ofRows = {
  "--id <id>": "another row than one of your own, to see whether you may write it",
  "--price <number>": "the row's price (100)",
} as const;

/** Of `routes detach`. */
export const ofDetaching = {
  "--adopt": "detach routes of an API of this name, too, that is not this stack's; says which, and asks",
} as const;

/** Keyed as commander wants its arguments. */
export const positionals = {
  "[function]": "whose log: crud (the default) or timer",
  "<email>": "the user's e-mail address",
  "[handler]": "which: crud (the default) or timer",
  "<group>": "the group's name",
  "[name]": "the row's name: its id is your identity's, a colon, and the name",
  "[email]": "only mails to this address",
} as const;

export const groups = {
  table: "step 1: create, show, items, delete",
  function: "step 2: create, show, invoke, eject, delete",
  api: "step 3: create, show, delete",
  routes: "steps 4 and 6: create, list, attach, detach, delete",
  integration: "step 5: create, show, delete",
  timer: "an EventBridge timer: enable, disable, status, invoke, watch, delete",
  auth: "sign-in by Amazon Cognito: enable, disable, status, delete, sign-up, sign-in, users, group, …",
  "auth mfa": "a second factor by an authenticator app: enable, disable",
  "auth users": "the users of the pool: list, create, confirm, delete",
  "auth group": "groups of users: list, create, add, remove, delete",
  identity: "AWS credentials for users and guests: enable, status, credentials, items, put, remove, delete",
  local: "the local cloud: start, stop, status, reset, env",
} as const;

export const program = {
  description: "AWS's serverless tutorial from your terminal: on AWS, or on a local cloud that needs no account",
  help: "what a command does and takes",
  incomplete: "a command is missing",
  see: "See `awsls --help` for all commands and their common options, `awsls help <command>` for one.",
  globals: "Options of all commands (--local, --stack, --json, …): `awsls --help`",
};
