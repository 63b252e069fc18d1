"""EventBridge: rules on a schedule, their targets and tags, and a rule that really runs its function."""

import json
import re
import time

from harness import ACCOUNT, REGION, aws, aws_refused, check, client, contains, equal, eventually, refused, run, walk
from harness import zipped

RULE = "compat-minute"
ARN = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{RULE}"
FUNCTION = "compat-timer"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{FUNCTION}"
GROUP = f"/aws/lambda/{FUNCTION}"
CODE = "export const handler = async (event) => console.log('event ' + JSON.stringify(event));"
events = client("events")
functions = client("lambda")


def names(rules):
    return [rule["Name"] for rule in rules]


def runs():
    """The events that the function has seen."""
    lines = client("logs").filter_log_events(logGroupName=GROUP, filterPattern='"event"')["events"]
    found = (re.search(r"event (\{.*\})", line["message"]) for line in lines)
    return [json.loads(match[1]) for match in found if match]


@check("events put-rule, describe-rule: on unless told otherwise, and nothing that was not given")
def _():
    put = aws("events put-rule", name=RULE, schedule_expression="rate(1 minute)", description="1minute timer")
    equal(put, {"RuleArn": ARN})
    rule = {
        "Name": RULE,
        "Arn": ARN,
        "ScheduleExpression": "rate(1 minute)",
        "State": "ENABLED",
        "Description": "1minute timer",
        "EventBusName": "default",
    }
    equal(aws("events describe-rule", name=RULE), {**rule, "CreatedBy": ACCOUNT})
    equal(aws("events list-rules", name_prefix=RULE)["Rules"], [rule])
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
    contains(aws("events describe-rule", name=RULE, event_bus_name=bus), rule)


@check("events put-rule replaces: a description that is not given is gone, a disabled rule is on again")
def _():
    aws("events disable-rule", name=RULE)
    aws("events put-rule", name=RULE, schedule_expression="cron(0 9 ? * MON-FRI *)")
    rule = aws("events describe-rule", name=RULE)
    contains(rule, {"State": "ENABLED", "ScheduleExpression": "cron(0 9 ? * MON-FRI *)", "Description": None})


@check("events enable-rule, disable-rule, each twice")
def _():
    for command, state in [("disable-rule", "DISABLED"), ("enable-rule", "ENABLED")]:
        for _again in range(2):
            equal(aws(f"events {command}", name=RULE), None)
            equal(events.describe_rule(Name=RULE)["State"], state)
    aws("events put-rule", name=RULE, schedule_expression="rate(1 day)", state="DISABLED")
    equal(events.describe_rule(Name=RULE)["State"], "DISABLED")


@check("events put-rule takes the schedules that AWS takes")
def _():
    for expression in [
        "rate(5 minutes)",
        "rate(1 hour)",
        "rate(7 days)",
        "cron(0/15 * * * ? *)",
        "cron(0 2 ? * SAT#3 *)",
        "cron(15 10 ? * 6L 2002-2005)",
        "cron(0/30 20-2 ? * MON-FRI *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 3W * ? *)",
    ]:
        events.put_rule(Name="compat-schedule", ScheduleExpression=expression)
        equal(events.describe_rule(Name="compat-schedule")["ScheduleExpression"], expression)
    events.delete_rule(Name="compat-schedule")


@check("events put-rule refuses schedules that are none: ValidationException, 400")
def _():
    for expression in [
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(30 seconds)",
        "rate(0 minutes)",
        "rate(10 MINUTES)",
        " rate(10 minutes)",
        "cron(0 1 * * * *)",
        "cron(71 8 1 * ? *)",
        "cron(7 20 * * NOT *)",
        "cron(0 9 * * ?)",
        "every minute",
        "",
    ]:
        message = refused("ValidationException", 400, events.put_rule, Name="bad", ScheduleExpression=expression)
        if expression:
            equal(message, "Parameter ScheduleExpression is not valid.")
    said = aws_refused("ValidationException", "events put-rule", name="bad", schedule_expression="rate(1 minutes)")
    assert "Parameter ScheduleExpression is not valid." in said, said
    message = refused("ValidationException", 400, events.put_rule, Name="bad")
    equal(message, "Parameter(s) EventPattern or ScheduleExpression must be specified.")
    refused("ValidationException", 400, events.put_rule, Name="bad", ScheduleExpression="rate(1 day)", State="MAYBE")
    message = refused("ValidationException", 400, events.put_rule, Name="a b", ScheduleExpression="rate(1 day)")
    assert "'name' failed to satisfy constraint" in message, message
    equal(aws("events list-rules", name_prefix="bad")["Rules"], [])


@check("events list-rules by prefix, page by page: --max-items, --page-size, --limit, paginator")
def _():
    wanted = [f"compat-page-{number}" for number in range(5)]
    for name in wanted:
        events.put_rule(Name=name, ScheduleExpression="rate(1 day)", State="DISABLED")
    listed = {"name_prefix": "compat-page-"}
    equal(names(aws("events list-rules", **listed)["Rules"]), wanted)
    equal(names(walk("events list-rules", "Rules", size=2, **listed)), wanted)
    equal(names(aws("events list-rules", page_size=2, **listed)["Rules"]), wanted)
    first = aws("events list-rules", limit=2, **listed)
    second = events.list_rules(NamePrefix="compat-page-", Limit=3, NextToken=first["NextToken"])
    equal((names(first["Rules"] + second["Rules"]), second.get("NextToken")), (wanted, None))
    pages = events.get_paginator("list_rules").paginate(NamePrefix="compat-page-", PaginationConfig={"PageSize": 4})
    equal([len(page["Rules"]) for page in pages], [4, 1])
    refused("ValidationException", 400, events.list_rules, NextToken="nonsense")
    refused("ValidationException", 400, events.list_rules, Limit=101)
    for name in wanted:
        events.delete_rule(Name=name)


@check("events put-targets, list-targets-by-rule, list-rule-names-by-target: replaced by id, page by page")
def _():
    targets = [{"Id": str(number), "Arn": FUNCTION_ARN} for number in (1, 2, 3)]
    equal(aws("events put-targets", rule=RULE, targets=targets), {"FailedEntryCount": 0, "FailedEntries": []})
    other = {"Id": "2", "Arn": FUNCTION_ARN, "Input": json.dumps({"text": "한글"})}
    events.put_targets(Rule=RULE, Targets=[other])
    listed = aws("events list-targets-by-rule", rule=RULE)["Targets"]
    equal(sorted(listed, key=lambda target: target["Id"]), [targets[0], other, targets[2]])
    equal(len(walk("events list-targets-by-rule", "Targets", rule=RULE)), 3)
    equal(aws("events list-rule-names-by-target", target_arn=FUNCTION_ARN)["RuleNames"], [RULE])
    equal(walk("events list-rule-names-by-target", "RuleNames", target_arn=FUNCTION_ARN), [RULE])
    equal(aws("events list-rule-names-by-target", target_arn=f"{FUNCTION_ARN}-x")["RuleNames"], [])


@check("events put-targets refuses more than five, what is no ARN or no JSON, one rule's ARN as its name")
def _():
    six = [{"Id": str(number), "Arn": FUNCTION_ARN} for number in range(6)]
    aws_refused("LimitExceededException", "events put-targets", rule=RULE, targets=six)
    refused("LimitExceededException", 400, events.put_targets, Rule=RULE, Targets=six)
    for target in [
        {"Id": "1", "Arn": "function"},
        {"Id": "a b", "Arn": FUNCTION_ARN},
        {"Id": "x" * 65, "Arn": FUNCTION_ARN},
        {"Id": "1", "Arn": FUNCTION_ARN, "Input": "no JSON"},
        {"Id": "1", "Arn": FUNCTION_ARN, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"},
    ]:
        refused("ValidationException", 400, events.put_targets, Rule=RULE, Targets=[target])
    message = refused("ValidationException", 400, events.put_targets, Rule=ARN, Targets=six[:1])
    assert f"Value '{ARN}' at 'rule' failed to satisfy constraint" in message, message


@check("events tag-resource, list-tags-for-resource, untag-resource; put-rule's tags are a new rule's alone")
def _():
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    aws("events tag-resource", resource_arn=ARN, tags=tags)
    aws("events tag-resource", resource_arn=ARN, tags=[{"Key": "b", "Value": "3"}])
    aws("events untag-resource", resource_arn=ARN, tag_keys=["a", "never"])
    left = [{"Key": "b", "Value": "3"}]
    equal(aws("events list-tags-for-resource", resource_arn=ARN)["Tags"], left)
    aws("events put-rule", name=RULE, schedule_expression="rate(1 day)", state="DISABLED", tags=tags)
    equal(events.list_tags_for_resource(ResourceARN=ARN)["Tags"], left)
    aws("events put-rule", name="compat-tagged", schedule_expression="rate(1 day)", tags=tags)
    equal(aws("events list-tags-for-resource", resource_arn=ARN.replace(RULE, "compat-tagged"))["Tags"], tags)
    aws("events delete-rule", name="compat-tagged")
    refused("ResourceNotFoundException", 400, events.list_tags_for_resource, ResourceARN=f"{ARN}-x")


@check("events of a rule or a bus that is not there: ResourceNotFoundException, 400")
def _():
    target = [{"Id": "1", "Arn": FUNCTION_ARN}]
    for operation, members in [
        (events.describe_rule, {"Name": "none"}),
        (events.enable_rule, {"Name": "none"}),
        (events.disable_rule, {"Name": "none"}),
        (events.list_targets_by_rule, {"Rule": "none"}),
        (events.put_targets, {"Rule": "none", "Targets": target}),
        (events.remove_targets, {"Rule": "none", "Ids": ["1"]}),
    ]:
        message = refused("ResourceNotFoundException", 400, operation, **members)
        equal(message, "Rule none does not exist on EventBus default.")
    said = aws_refused("ResourceNotFoundException", "events list-rules", event_bus_name="mine")
    assert "Event bus mine does not exist." in said, said


@check("events that this cloud has nothing of are refused by name")
def _():
    entry = [{"Source": "a", "DetailType": "b", "Detail": "{}"}]
    for command, options, named in [
        ("put-events", {"entries": entry}, "events PutEvents"),
        ("list-event-buses", {}, "events ListEventBuses"),
        ("put-rule", {"name": "bad", "event_pattern": {"source": ["a"]}}, "EventPattern of events PutRule"),
    ]:
        said = aws_refused("UnknownOperationException", f"events {command}", **options)
        assert "The local cloud does not implement" in said and named in said, said


@check("a function, and a rule that is due every second: without the permission it is silent")
def _():
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    aws("iam create-role", role_name=f"{FUNCTION}-role", assume_role_policy_document=document)
    logging = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
    aws("iam put-role-policy", role_name=f"{FUNCTION}-role", policy_name="log", policy_document=logging)
    functions.create_function(
        FunctionName=FUNCTION,
        Runtime="nodejs24.x",
        Handler="index.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/{FUNCTION}-role",
        Code={"ZipFile": zipped(CODE)},
    )
    aws("lambda wait function-active-v2", function_name=FUNCTION)
    aws("logs create-log-group", log_group_name=GROUP)
    aws("events remove-targets", rule=RULE, ids=["2", "3"])
    aws("events put-rule", name=RULE, schedule_expression="rate(1 minute)")
    time.sleep(2.5)
    equal(runs(), [])


@check("events runs the function with AWS's event, each time once, until the rule is disabled")
def _():
    granted = {"action": "lambda:InvokeFunction", "principal": "events.amazonaws.com", "source_arn": ARN}
    aws("lambda add-permission", function_name=FUNCTION, statement_id="events", **granted)
    eventually("three runs", lambda: len(runs()) >= 3)
    aws("events disable-rule", name=RULE)
    # A run may be on its way.
    time.sleep(1)
    seen = runs()
    time.sleep(2.5)
    equal(runs(), seen)
    for event in seen:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["time"]), event
        same = {name: value for name, value in event.items() if name not in ("id", "time")}
        equal(
            same,
            {
                "version": "0",
                "detail-type": "Scheduled Event",
                "source": "aws.events",
                "account": ACCOUNT,
                "region": REGION,
                "resources": [ARN],
                "detail": {},
            },
        )
    for member in ["id", "time"]:
        equal(len({event[member] for event in seen}), len(seen))


@check("events remove-targets, delete-rule: not while it has targets; what is gone is deleted without a word")
def _():
    said = aws_refused("ValidationException", "events delete-rule", name=RULE)
    assert "Rule can't be deleted since it has targets." in said, said
    refused("ValidationException", 400, events.delete_rule, Name=RULE)
    equal(aws("events remove-targets", rule=RULE, ids=["1"]), {"FailedEntryCount": 0, "FailedEntries": []})
    for _again in range(2):
        equal(aws("events delete-rule", name=RULE), None)
    equal(aws("events list-rules", name_prefix="compat-")["Rules"], [])
    aws("lambda delete-function", function_name=FUNCTION)
    aws("iam delete-role-policy", role_name=f"{FUNCTION}-role", policy_name="log")
    aws("iam delete-role", role_name=f"{FUNCTION}-role")
    aws("logs delete-log-group", log_group_name=GROUP)


run()
