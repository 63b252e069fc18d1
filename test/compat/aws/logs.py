"""CloudWatch Logs: groups, streams and events, and the calls of `aws logs tail --follow`."""

import threading
import time
from collections import defaultdict

from harness import ACCOUNT, REGION, STACK, aws, aws_refused, check, client, contains, equal, refused, run, walk

GROUP = "/compat/group"
ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
GONE = {"logGroupName": "/nowhere"}
logs = client("logs")


def put(stream, *messages, at=None):
    """Writes events a millisecond apart, the last one now unless `at` says when."""
    first = at or int(time.time() * 1000) - len(messages)
    events = [{"timestamp": first + n, "message": message} for n, message in enumerate(messages)]
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)


def texts(answer):
    return [event["message"] for event in answer["events"]]


def found(**options):
    return texts(aws("logs filter-log-events", log_group_name=GROUP, **options))


@check("logs create-log-group, describe-log-groups, list-log-groups page by page")
def _():
    aws("logs create-log-group", log_group_name=GROUP, tags={"course": "crud"})
    names = [group["logGroupName"] for group in aws("logs describe-log-groups")["logGroups"]]
    assert {GROUP, f"/aws/lambda/{STACK}-function"} <= set(names), names
    equal([group["logGroupName"] for group in walk("logs describe-log-groups", "logGroups")], names)
    equal([group["logGroupName"] for group in aws("logs describe-log-groups", page_size=1)["logGroups"]], names)
    (group,) = aws("logs describe-log-groups", log_group_name_prefix="/compat/")["logGroups"]
    contains(group, {"logGroupName": GROUP, "arn": f"{ARN}:*", "logGroupArn": ARN, "storedBytes": 0})
    equal([group["logGroupName"] for group in aws("logs list-log-groups")["logGroups"]], names)
    refused("InvalidParameterException", 400, logs.describe_log_groups, nextToken="nonsense")
    refused("InvalidParameterException", 400, logs.describe_log_groups, limit=51)


@check("logs put-retention-policy, delete-retention-policy")
def _():
    aws("logs put-retention-policy", log_group_name=GROUP, retention_in_days=7)
    (group,) = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    equal(group["retentionInDays"], 7)
    aws_refused("InvalidParameterException", "logs put-retention-policy", log_group_name=GROUP, retention_in_days=8)
    aws("logs delete-retention-policy", log_group_name=GROUP)


@check("logs tag-resource, list-tags-for-resource, untag-resource by ARN; tag-log-group by name")
def _():
    aws("logs tag-resource", resource_arn=ARN, tags={"a": "1", "b": "2"})
    aws("logs untag-resource", resource_arn=ARN, tag_keys=["a", "never"])
    equal(aws("logs list-tags-for-resource", resource_arn=ARN)["tags"], {"course": "crud", "b": "2"})
    aws("logs tag-log-group", log_group_name=GROUP, tags={"c": "3"})
    aws("logs untag-log-group", log_group_name=GROUP, tags=["b", "course"])
    equal(aws("logs list-tags-log-group", log_group_name=GROUP)["tags"], {"c": "3"})
    nowhere = ARN.replace(GROUP, "/nowhere")
    refused("ResourceNotFoundException", 400, logs.list_tags_for_resource, resourceArn=nowhere)
    refused("InvalidParameterException", 400, logs.list_tags_for_resource, resourceArn=f"{ARN}:*")


@check("logs create-log-stream, describe-log-streams by name and by last event, page by page")
def _():
    for stream in ["app/one", "app/two", "other"]:
        aws("logs create-log-stream", log_group_name=GROUP, log_stream_name=stream)
    now = int(time.time() * 1000)
    put("app/one", "ERROR first", "fine", at=now - 5000)
    put("app/two", "ERROR second", "it is ERROR 3", at=now - 3000)
    streams = walk("logs describe-log-streams", "logStreams", log_group_name=GROUP)
    equal([stream["logStreamName"] for stream in streams], ["app/one", "app/two", "other"])
    options = {"log_group_name": GROUP, "order_by": "LastEventTime", "descending": True}
    latest = aws("logs describe-log-streams", **options, max_items=1)["logStreams"]
    contains(latest[0], {"logStreamName": "app/two", "lastEventTimestamp": now - 2999})
    prefix = {"log_group_name": GROUP, "log_stream_name_prefix": "app/"}
    equal(len(aws("logs describe-log-streams", **prefix)["logStreams"]), 2)
    again = {"logGroupName": GROUP, "logStreamName": "other"}
    refused("ResourceAlreadyExistsException", 400, logs.create_log_stream, **again)
    refused("InvalidParameterException", 400, logs.create_log_stream, logGroupName=GROUP, logStreamName="a:b")


@check("logs get-log-events: from the head, limited, and on by its tokens")
def _():
    one = {"log_group_name": GROUP, "log_stream_name": "app/one"}
    equal(texts(aws("logs get-log-events", **one, start_from_head=True)), ["ERROR first", "fine"])
    last = aws("logs get-log-events", **one, limit=1)
    equal(texts(last), ["fine"])
    equal(texts(aws("logs get-log-events", **one, next_token=last["nextBackwardToken"])), ["ERROR first"])
    end = aws("logs get-log-events", **one, next_token=last["nextForwardToken"])
    equal((texts(end), end["nextForwardToken"]), ([], last["nextForwardToken"]))


@check("logs filter-log-events: interleaved, by pattern, stream prefix, stream names and time")
def _():
    equal(found(), ["ERROR first", "fine", "ERROR second", "it is ERROR 3"])
    equal(found(filter_pattern="ERROR"), ["ERROR first", "ERROR second", "it is ERROR 3"])
    equal(found(filter_pattern='"is ERROR"'), ["it is ERROR 3"])
    equal(found(filter_pattern="ERROR -first"), ["ERROR second", "it is ERROR 3"])
    equal(found(filter_pattern="?first ?fine"), ["ERROR first", "fine"])
    equal(found(log_stream_name_prefix="app/o"), ["ERROR first", "fine"])
    equal(found(log_stream_name_prefix="nobody"), [])
    equal(found(log_stream_names=["app/two", "other"]), ["ERROR second", "it is ERROR 3"])
    start = aws("logs get-log-events", log_group_name=GROUP, log_stream_name="app/two")["events"][0]["timestamp"]
    equal(found(start_time=start), ["ERROR second", "it is ERROR 3"])
    equal(found(end_time=start), ["ERROR first", "fine", "ERROR second"])


@check("logs filter-log-events page by page: --page-size, --max-items, --starting-token, paginator")
def _():
    everything = found()
    pages = walk("logs filter-log-events", "events", log_group_name=GROUP)
    equal([event["message"] for event in pages], everything)
    equal(found(page_size=1), everything)
    paginator = logs.get_paginator("filter_log_events")
    pages = paginator.paginate(logGroupName=GROUP, filterPattern="ERROR", PaginationConfig={"PageSize": 2})
    equal([texts(page) for page in pages], [["ERROR first", "ERROR second"], ["it is ERROR 3"]])


@check("logs refuses what is not there: ResourceNotFoundException, 400")
def _():
    here = {"logGroupName": GROUP, "logStreamName": "nowhere"}
    event = [{"timestamp": int(time.time() * 1000), "message": "x"}]
    for operation, members in [
        (logs.filter_log_events, GONE),
        (logs.describe_log_streams, GONE),
        (logs.put_retention_policy, {**GONE, "retentionInDays": 7}),
        (logs.delete_log_group, GONE),
        (logs.create_log_stream, {**GONE, "logStreamName": "x"}),
        (logs.get_log_events, here),
        (logs.delete_log_stream, here),
        (logs.put_log_events, {**here, "logEvents": event}),
        (logs.filter_log_events, {"logGroupName": GROUP, "logStreamNames": ["nowhere"]}),
    ]:
        refused("ResourceNotFoundException", 400, operation, **members)
    aws_refused("ResourceNotFoundException", "logs filter-log-events", log_group_name="/nowhere")


@check("logs refuses names, tokens and filters that are none")
def _():
    aws_refused("InvalidParameterException", "logs filter-log-events", log_group_name="no spaces")
    aws_refused("ResourceAlreadyExistsException", "logs create-log-group", log_group_name=GROUP)
    both = {"logStreamNames": ["other"], "logStreamNamePrefix": "o"}
    for members in [both, {"nextToken": "nonsense"}, {"limit": 10_001}]:
        refused("InvalidParameterException", 400, logs.filter_log_events, logGroupName=GROUP, **members)
    for pattern in ["{ $.level = ERROR }", "[ip, user]", "%ERR.R%"]:
        aws_refused("UnknownOperationException", "logs filter-log-events", log_group_name=GROUP, filter_pattern=pattern)
    started = {"log_group_name": GROUP, "start_time": 0, "end_time": 1, "query_string": "fields @message"}
    aws_refused("UnknownOperationException", "logs start-query", **started)


def follow(seen, stop, **members):
    """The calls of version 2's `aws logs tail --follow` (awscli/customizations/logs/tail.py), with a shorter pause."""
    members = {"interleaved": True, "startTime": int(time.time() * 1000) - 600_000, **members}
    ids = defaultdict(set)
    while not stop.is_set():
        answer = logs.filter_log_events(**members)
        for event in answer["events"]:
            if event["eventId"] not in ids[event["timestamp"]]:
                ids[event["timestamp"]].add(event["eventId"])
                seen.append(event["message"])
        if ids:
            newest = max(ids)
            ids = defaultdict(set, {newest: ids[newest]})
        if "nextToken" in answer:
            members["nextToken"] = answer["nextToken"]
            continue
        if ids:
            members["startTime"] = max(ids)
        members.pop("nextToken", None)
        stop.wait(0.1)


def followed(work, wanted, **members):
    """What a follower has seen once `wanted` messages were there, or after ten seconds."""
    seen, stop = [], threading.Event()
    follower = threading.Thread(target=follow, args=(seen, stop), kwargs=members)
    follower.start()
    try:
        work()
        deadline = time.monotonic() + 10
        while len(seen) < wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        # One more round: an event must not come a second time.
        time.sleep(0.3)
    finally:
        stop.set()
        follower.join()
    return seen


@check("the calls of `aws logs tail --follow`: every event once, in order, page by page, of the same millisecond too")
def _():
    before = found()
    now = int(time.time() * 1000)
    new = [f"line {number}" for number in range(40)]

    def write():
        for start in range(0, 40, 10):
            events = [{"timestamp": now + start // 20, "message": line} for line in new[start : start + 10]]
            logs.put_log_events(logGroupName=GROUP, logStreamName="other", logEvents=events)
            time.sleep(0.15)

    equal(followed(write, 44, logGroupName=GROUP, limit=7), before + new)
    equal(followed(lambda: None, 1, logGroupName=GROUP, filterPattern='"line 39"'), ["line 39"])


@check("the calls of `aws logs tail --follow` see what the tutorial's function logs as it is invoked")
def _():
    function = f"{STACK}-function"

    def invoke():
        for _round in range(2):
            client("lambda").invoke(FunctionName=function, Payload=b'{"routeKey": "GET /items"}')

    seen = followed(invoke, 2, logGroupName=f"/aws/lambda/{function}", filterPattern="REPORT")
    assert len(seen) >= 2 and all(line.startswith("REPORT RequestId: ") for line in seen), seen


@check("logs delete-log-stream, delete-log-group: gone")
def _():
    aws("logs delete-log-stream", log_group_name=GROUP, log_stream_name="app/one")
    equal(found(log_stream_name_prefix="app/one"), [])
    aws("logs delete-log-group", log_group_name=GROUP)
    aws_refused("ResourceNotFoundException", "logs delete-log-group", log_group_name=GROUP)


run()
