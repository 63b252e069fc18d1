"""What the checks share: the real aws command, run in this process, boto3's clients, a line of JSON for each check."""

import contextlib
import io
import json
import re
import sys
import time
import traceback
import zipfile

import boto3
from awscli.clidriver import create_clidriver
from botocore.exceptions import ClientError

REGION = "us-east-1"
ACCOUNT = "000000000000"
STACK = "http-crud-tutorial"
# What the command's exit code says of an error that AWS answered: 254 from version 2 on, 255 before.
REFUSED = (254, 255)

_checks = []
_models = create_clidriver().session.get_component("data_loader")


def check(title):
    """Registers a check; they run in the order in which they stand in the file."""

    def register(work):
        _checks.append((title, work))
        return work

    return register


def run():
    """Runs the file's checks and writes one line of JSON for each."""
    for title, work in _checks:
        started = time.monotonic()
        error = None
        try:
            work()
        except Exception:  # noqa: BLE001 - whatever went wrong is what is reported
            error = traceback.format_exc(limit=-2)
        ms = round((time.monotonic() - started) * 1000)
        print(json.dumps({"title": title, "ms": ms, "error": error}), flush=True)


def client(service, **settings):
    return boto3.client(service, **settings)


def aws(command, *arguments, **options):
    """
    `aws("dynamodb get-item", table_name="t", key={...})` is `aws dynamodb get-item --table-name t --key '{...}'`.
    Gives what the command printed, its JSON read; None when it printed nothing.
    """
    code, out, problem = _main(command, arguments, options)
    assert code == 0, f"aws {command}: exit {code}\n{problem}{out}"
    return _parsed(out)


def aws_refused(error, command, *arguments, **options):
    """The same command must fail with that error of AWS; gives what it said."""
    code, out, problem = _main(command, arguments, options)
    found = re.search(r"An error occurred \((\w+)\)", problem)
    assert code in REFUSED and found and found[1] == error, f"aws {command}: exit {code}, not {error}\n{problem}{out}"
    return problem


def refused(error, status, operation, **members):
    """A call of boto3 must fail with that code and HTTP status; gives AWS's message."""
    try:
        answer = operation(**members)
    except ClientError as problem:
        got = (problem.response["Error"]["Code"], problem.response["ResponseMetadata"]["HTTPStatusCode"])
        assert got == (error, status), f"{got}, not {(error, status)}: {problem}"
        return problem.response["Error"]["Message"]
    raise AssertionError(f"answered instead of {error}: {answer}")


def equal(actual, expected):
    assert actual == expected, f"{actual!r}\n  is not\n{expected!r}"


def contains(whole, part):
    """Every member of `part` is in `whole`, with that value."""
    equal({name: whole.get(name) for name in part}, part)


def eventually(what, get, seconds=10):
    """Waits for `get` to give something, and gives it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = get()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


def walk(command, member, size=1, **options):
    """All elements of a list, page by page, as a person does with --max-items and --starting-token."""
    found, token = [], None
    while True:
        page = aws(command, max_items=size, **options, **({"starting_token": token} if token else {}))
        assert len(page[member]) <= size, f"{len(page[member])} on a page of {size}"
        found += page[member]
        token = page.get("NextToken")
        if token is None:
            return found


def zipped(source):
    """A function's zip with this index.mjs. writestr alone would make it 0600, which Lambda cannot read: as on AWS."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("index.mjs")
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, source)
    return packed.getvalue()


def _main(command, arguments, options):
    out, problem = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problem):
        driver = create_clidriver()
        # A driver of its own for each command, but not the service models again: parsing them is most of the time.
        driver.session.register_component("data_loader", _models)
        code = driver.main([*command.split(), *arguments, *_written(options)])
    return code, out.getvalue(), problem.getvalue()


def _written(options):
    for name, value in options.items():
        yield f"--{name.replace('_', '-')}"
        if value is True:
            continue
        if isinstance(value, list) and not isinstance(value[0], dict):
            yield from map(str, value)
        else:
            yield value if isinstance(value, str) else json.dumps(value)


def _parsed(out):
    try:
        return json.loads(out) if out.strip() else None
    except ValueError:
        return out.strip()


sys.stdout.reconfigure(encoding="utf-8")
