"""IAM: roles, their trust, policies and tags; STS says who asks."""

import json

from harness import ACCOUNT, STACK, aws, aws_refused, check, client, contains, equal, refused, run, walk

NAME = "compat-role"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
roles = client("iam")


def document(**statement):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def trust(service):
    return document(Principal={"Service": service}, Action="sts:AssumeRole")


POLICY = document(Action="dynamodb:GetItem", Resource=f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/x")


@check("sts get-caller-identity")
def _():
    who = {"UserId": ACCOUNT, "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root"}
    equal(aws("sts get-caller-identity"), who)
    equal(aws("sts get-caller-identity", query="Account", output="text"), ACCOUNT)
    contains(client("sts").get_caller_identity(), who)


@check("iam create-role with tags, wait role-exists, get-role in any spelling")
def _():
    made = aws(
        "iam create-role",
        role_name=NAME,
        assume_role_policy_document=trust("lambda.amazonaws.com"),
        description="for the checks",
        tags=[{"Key": "course", "Value": "crud"}],
    )["Role"]
    equal(made["Arn"], f"arn:aws:iam::{ACCOUNT}:role/{NAME}")
    aws("iam wait role-exists", role_name=NAME)
    got = aws("iam get-role", role_name=NAME.upper())["Role"]
    contains(got, {"RoleName": NAME, "RoleId": made["RoleId"], "Description": "for the checks"})
    contains(got, {"MaxSessionDuration": 3600, "Tags": [{"Key": "course", "Value": "crud"}]})
    equal(got["AssumeRolePolicyDocument"], trust("lambda.amazonaws.com"))


@check("iam list-roles page by page: --page-size, --max-items, --starting-token, --path-prefix")
def _():
    names = [role["RoleName"] for role in aws("iam list-roles")["Roles"]]
    assert {NAME, f"{STACK}-role"} <= set(names), names
    equal([role["RoleName"] for role in walk("iam list-roles", "Roles")], names)
    equal([role["RoleName"] for role in aws("iam list-roles", page_size=1)["Roles"]], names)
    pages = list(roles.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1}))
    equal([role["RoleName"] for page in pages for role in page["Roles"]], names)
    equal(aws("iam list-roles", path_prefix="/nobody/")["Roles"], [])
    refused("ValidationError", 400, roles.list_roles, Marker="nonsense")
    refused("ValidationError", 400, roles.list_roles, MaxItems=1001)
    aws_refused("ValidationError", "iam list-roles", path_prefix="no slash")


@check("iam refuses what is not there: NoSuchEntity, 404")
def _():
    gone = {"RoleName": "nobody"}
    for operation, members in [
        (roles.get_role, {}),
        (roles.delete_role, {}),
        (roles.update_role, {}),
        (roles.tag_role, {"Tags": [{"Key": "a", "Value": "b"}]}),
        (roles.list_role_policies, {}),
        (roles.list_attached_role_policies, {}),
        (roles.get_role_policy, {"PolicyName": "x"}),
        (roles.put_role_policy, {"PolicyName": "x", "PolicyDocument": json.dumps(POLICY)}),
        (roles.attach_role_policy, {"PolicyArn": MANAGED}),
    ]:
        message = refused("NoSuchEntity", 404, operation, **gone, **members)
        equal(message, "The role with name nobody cannot be found.")
    aws_refused("NoSuchEntity", "iam get-role", role_name="nobody")


@check("iam create-role refuses a name that is none, one that exists, a trust that is none")
def _():
    good = json.dumps(trust("lambda.amazonaws.com"))
    create = roles.create_role
    refused("ValidationError", 400, create, RoleName="no spaces", AssumeRolePolicyDocument=good)
    refused("ValidationError", 400, create, RoleName="n" * 65, AssumeRolePolicyDocument=good)
    refused("EntityAlreadyExists", 409, create, RoleName=NAME, AssumeRolePolicyDocument=good)
    for bad in ["no JSON", "{}", json.dumps(POLICY)]:
        refused("MalformedPolicyDocument", 400, create, RoleName="compat-bad", AssumeRolePolicyDocument=bad)
    aws_refused("ValidationError", "iam get-role", role_name="no spaces")


@check("iam update-role, update-role-description, update-assume-role-policy")
def _():
    aws("iam update-role", role_name=NAME, description="changed", max_session_duration=7200)
    equal(aws("iam update-role-description", role_name=NAME, description="again")["Role"]["Description"], "again")
    aws("iam update-assume-role-policy", role_name=NAME, policy_document=trust("events.amazonaws.com"))
    got = roles.get_role(RoleName=NAME)["Role"]
    contains(got, {"Description": "again", "MaxSessionDuration": 7200})
    equal(got["AssumeRolePolicyDocument"], trust("events.amazonaws.com"))
    trusted = {"role_name": NAME, "policy_document": POLICY}
    said = aws_refused("MalformedPolicyDocument", "iam update-assume-role-policy", **trusted)
    assert "Has prohibited field Resource" in said, said


@check("iam tag-role, list-role-tags, untag-role")
def _():
    aws("iam tag-role", role_name=NAME, tags=[{"Key": "a", "Value": "1"}, {"Key": "COURSE", "Value": "2"}])
    aws("iam untag-role", role_name=NAME, tag_keys=["a", "never"])
    equal(walk("iam list-role-tags", "Tags", role_name=NAME), [{"Key": "COURSE", "Value": "2"}])
    reserved = [{"Key": "aws:x", "Value": "y"}]
    refused("InvalidInput", 400, roles.tag_role, RoleName=NAME, Tags=reserved)


@check("iam put-role-policy, get-role-policy, list-role-policies page by page")
def _():
    for name in ["one", "two", "three"]:
        aws("iam put-role-policy", role_name=NAME, policy_name=name, policy_document=POLICY)
    equal(aws("iam get-role-policy", role_name=NAME, policy_name="two")["PolicyDocument"], POLICY)
    equal(walk("iam list-role-policies", "PolicyNames", role_name=NAME), ["one", "three", "two"])
    equal(aws("iam list-role-policies", role_name=NAME, page_size=1)["PolicyNames"], ["one", "three", "two"])
    aws_refused("NoSuchEntity", "iam get-role-policy", role_name=NAME, policy_name="four")
    put = {"RoleName": NAME, "PolicyName": "bad"}
    for bad in ["no JSON", json.dumps(trust("lambda.amazonaws.com")), json.dumps(document(Action="x", Resource="*"))]:
        refused("MalformedPolicyDocument", 400, roles.put_role_policy, **put, PolicyDocument=bad)


@check("iam attach-role-policy, list-attached-role-policies, detach-role-policy")
def _():
    aws("iam attach-role-policy", role_name=NAME, policy_arn=MANAGED)
    attached = aws("iam list-attached-role-policies", role_name=NAME)["AttachedPolicies"]
    equal(attached, [{"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": MANAGED}])
    nowhere = "arn:aws:iam::aws:policy/Nowhere"
    refused("NoSuchEntity", 404, roles.attach_role_policy, RoleName=NAME, PolicyArn=nowhere)


@check("iam delete-role of a role in use: DeleteConflict, 409")
def _():
    message = refused("DeleteConflict", 409, roles.delete_role, RoleName=NAME)
    equal(message, "Cannot delete entity, must detach all policies first.")
    aws("iam detach-role-policy", role_name=NAME, policy_arn=MANAGED)
    refused("NoSuchEntity", 404, roles.detach_role_policy, RoleName=NAME, PolicyArn=MANAGED)
    message = refused("DeleteConflict", 409, roles.delete_role, RoleName=NAME)
    equal(message, "Cannot delete entity, must delete policies first.")
    aws_refused("DeleteConflict", "iam delete-role", role_name=f"{STACK}-role")


@check("iam simulate-principal-policy says what a role may do: allowed, or implicitDeny")
def _():
    arn = f"arn:aws:iam::{ACCOUNT}:role/{NAME}"
    policy = document(Action="dynamodb:Get*", Resource="*")
    actions = ["dynamodb:GetItem", "dynamodb:PutItem"]
    # One more policy beside the role's own.
    said = roles.simulate_principal_policy(
        PolicySourceArn=arn, PolicyInputList=[json.dumps(policy)], ActionNames=actions
    )
    decisions = {each["EvalActionName"]: each["EvalDecision"] for each in said["EvaluationResults"]}
    equal(decisions, {"dynamodb:GetItem": "allowed", "dynamodb:PutItem": "implicitDeny"})
    one = aws("iam simulate-principal-policy", policy_source_arn=arn, action_names="dynamodb:PutItem")
    equal(one["EvaluationResults"][0]["EvalDecision"], "implicitDeny")


@check("iam and sts refuse by name what this cloud has not: UnknownOperationException")
def _():
    said = aws_refused("UnknownOperationException", "iam list-groups")
    assert "does not implement iam ListGroups" in said, said
    for operation in [roles.list_users, client("sts").get_session_token]:
        refused("UnknownOperationException", 400, operation)


@check("iam delete-role-policy, delete-role: gone")
def _():
    for name in ["one", "two", "three"]:
        aws("iam delete-role-policy", role_name=NAME, policy_name=name)
    aws("iam delete-role", role_name=NAME)
    aws_refused("NoSuchEntity", "iam delete-role", role_name=NAME)


run()
