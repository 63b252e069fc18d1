"""Cognito identity pools and STS by the aws command and boto3: credentials for users and guests, and sessions of roles."""

import json
import os
import pathlib
import re

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from harness import ACCOUNT, REGION, aws, aws_refused, check, client, contains, equal, refused, run

PASSWORD = "Correct-horse-1"
NOWHERE = f"{REGION}:00000000-0000-0000-0000-000000000000"
KINDS = ["authenticated", "unauthenticated"]
idp = client("cognito-idp")
identity = client("cognito-identity")
roles = client("iam")
sts = client("sts")
public = Config(signature_version=UNSIGNED)
anyone = client("cognito-identity", config=public)
made = {}


def document(**statement):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def trust(kind):
    """Whoever came to the pool by that kind of login."""
    name = "cognito-identity.amazonaws.com"
    condition = {"StringEquals": {f"{name}:aud": made["pool"]}, "ForAnyValue:StringLike": {f"{name}:amr": kind}}
    return document(Principal={"Federated": name}, Action="sts:AssumeRoleWithWebIdentity", Condition=condition)


def make_role(name, trusted, **allowed):
    made.setdefault("roles", []).append(name)
    arn = aws("iam create-role", role_name=name, assume_role_policy_document=trusted)["Role"]["Arn"]
    aws("iam put-role-policy", role_name=name, policy_name="allowed", policy_document=document(**allowed))
    return arn


def id_token():
    parameters = {"USERNAME": "ann@example.com", "PASSWORD": PASSWORD}
    flow = {"ClientId": made["client"], "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    return client("cognito-idp", config=public).initiate_auth(**flow)["AuthenticationResult"]["IdToken"]


def login():
    return {made["provider"]: id_token()}


def keys_of(credentials):
    secret = credentials.get("SecretKey") or credentials["SecretAccessKey"]
    session = {"aws_session_token": credentials["SessionToken"], "aws_secret_access_key": secret}
    return {"aws_access_key_id": credentials["AccessKeyId"], **session}


def who(credentials):
    return client("sts", **keys_of(credentials)).get_caller_identity()["Arn"]


def session_of(role, name):
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"


@check("cognito-identity create-identity-pool, describe, list page by page, tags")
def _():
    pool = idp.create_user_pool(PoolName="compat-identity", UsernameAttributes=["email"])["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    app = idp.create_user_pool_client(UserPoolId=pool, ClientName="compat", ExplicitAuthFlows=flows)["UserPoolClient"]
    made.update(users=pool, client=app["ClientId"], provider=f"cognito-idp.{REGION}.amazonaws.com/{pool}")
    idp.admin_create_user(UserPoolId=pool, Username="ann@example.com", MessageAction="SUPPRESS")
    idp.admin_set_user_password(UserPoolId=pool, Username="ann@example.com", Password=PASSWORD, Permanent=True)
    provider = {"ProviderName": made["provider"], "ClientId": made["client"], "ServerSideTokenCheck": True}
    options = {"identity_pool_name": "compat identities", "cognito_identity_providers": [provider]}
    flow = {"allow_unauthenticated_identities": True, "allow_classic_flow": True}
    shown = aws("cognito-identity create-identity-pool", **options, **flow, identity_pool_tags={"course": "identity"})
    made["pool"] = shown["IdentityPoolId"]
    assert re.fullmatch(REGION + ":[0-9a-f-]{36}", made["pool"]), made["pool"]
    contains(shown, {"AllowClassicFlow": True, "CognitoIdentityProviders": [provider]})
    equal(aws("cognito-identity describe-identity-pool", identity_pool_id=made["pool"]), shown)
    other = aws("cognito-identity create-identity-pool", "--no-allow-unauthenticated-identities", identity_pool_name="b")
    equal(set(other), {"IdentityPoolId", "IdentityPoolName", "AllowUnauthenticatedIdentities", "IdentityPoolTags"})
    pages = identity.get_paginator("list_identity_pools").paginate(PaginationConfig={"PageSize": 1})
    listed = [[each["IdentityPoolId"] for each in page["IdentityPools"]] for page in pages]
    equal(listed, [[made["pool"]], [other["IdentityPoolId"]]])
    first = aws("cognito-identity list-identity-pools", max_results="1")
    equal(identity.list_identity_pools(MaxResults=1, NextToken=first["NextToken"])["IdentityPools"][0]["IdentityPoolName"], "b")
    aws("cognito-identity delete-identity-pool", identity_pool_id=other["IdentityPoolId"])
    one = {"resource_arn": f"arn:aws:cognito-identity:{REGION}:{ACCOUNT}:identitypool/{made['pool']}"}
    aws("cognito-identity tag-resource", **one, tags={"a": "1"})
    aws("cognito-identity untag-resource", **one, tag_keys=["course"])
    equal(aws("cognito-identity list-tags-for-resource", **one)["Tags"], {"a": "1"})
    said = aws_refused("ResourceNotFoundException", "cognito-identity describe-identity-pool", identity_pool_id=NOWHERE)
    assert f"IdentityPool '{NOWHERE}' not found." in said, said


@check("iam create-role for identities of any pool is refused; cognito-identity set-identity-pool-roles, get")
def _():
    anybody = document(Principal={"Federated": "cognito-identity.amazonaws.com"}, Action="sts:AssumeRoleWithWebIdentity")
    said = {"RoleName": "compat-anybody", "AssumeRolePolicyDocument": json.dumps(anybody)}
    refused("MalformedPolicyDocument", 400, roles.create_role, **said)
    allowed = {"Action": ["dynamodb:ListTables", "iam:ListRoles"], "Resource": "*"}
    made["by_kind"] = {kind: make_role(f"compat-{kind}", trust(kind), **allowed) for kind in KINDS}
    one = {"identity_pool_id": made["pool"]}
    aws("cognito-identity set-identity-pool-roles", **one, roles=made["by_kind"])
    equal(aws("cognito-identity get-identity-pool-roles", **one)["Roles"], made["by_kind"])


@check("cognito-identity get-id, get-credentials-for-identity: a user, without a key")
def _():
    one = {"logins": login()}
    user = aws("cognito-identity get-id", **one, identity_pool_id=made["pool"], no_sign_request=True)["IdentityId"]
    equal(anyone.get_id(IdentityPoolId=made["pool"], Logins=login())["IdentityId"], user)
    given = aws("cognito-identity get-credentials-for-identity", **one, identity_id=user)
    equal(given["IdentityId"], user)
    equal(who(given["Credentials"]), session_of("compat-authenticated", "CognitoIdentityCredentials"))
    client("dynamodb", **keys_of(given["Credentials"])).list_tables()
    client("iam", **keys_of(given["Credentials"])).list_roles()
    message = refused("NotAuthorizedException", 400, anyone.get_credentials_for_identity, IdentityId=user)
    equal(message, f"Access to Identity '{user}' is forbidden.")
    contains(aws("cognito-identity describe-identity", identity_id=user), {"Logins": [made["provider"]]})
    listed = aws("cognito-identity list-identities", identity_pool_id=made["pool"], max_results="60")["Identities"]
    equal([each["IdentityId"] for each in listed], [user])


@check("cognito-identity get-id, get-credentials-for-identity: a guest, whom AWS's own policy limits")
def _():
    guest = anyone.get_id(IdentityPoolId=made["pool"])["IdentityId"]
    given = anyone.get_credentials_for_identity(IdentityId=guest)["Credentials"]
    equal(who(given), session_of("compat-unauthenticated", "CognitoIdentityCredentials"))
    client("dynamodb", **keys_of(given)).list_tables()
    message = refused("AccessDenied", 403, client("iam", **keys_of(given)).list_roles)
    assert message.endswith("because no session policy allows the iam:ListRoles action"), message
    wrong = {**keys_of(given), "aws_secret_access_key": "wrong"}
    refused("InvalidSignatureException", 400, client("dynamodb", **wrong).list_tables)
    aws("cognito-identity delete-identities", identity_ids_to_delete=[guest])
    refused("ResourceNotFoundException", 400, anyone.get_credentials_for_identity, IdentityId=guest)


@check("cognito-identity get-id refuses logins that do not hold: NotAuthorizedException, 400")
def _():
    token = id_token()
    header, claims, signature = token.split(".")
    tampered = ".".join([header, claims, signature[::-1]])
    for name, given, message in [
        (made["provider"], tampered, "Invalid login token. Couldn't verify signed token."),
        (made["provider"], "nonsense", "Invalid login token. Not a Cognito token."),
        (made["provider"] + "0", token, "Token is not from a supported provider of this identity pool."),
        ("accounts.google.com", token, "Token is not from a supported provider of this identity pool."),
    ]:
        one = {"IdentityPoolId": made["pool"], "Logins": {name: given}}
        equal(refused("NotAuthorizedException", 400, anyone.get_id, **one), message)


@check("cognito-identity get-open-id-token, sts assume-role-with-web-identity, without a key")
def _():
    one = {"logins": login()}
    user = anyone.get_id(IdentityPoolId=made["pool"], Logins=one["logins"])["IdentityId"]
    token = aws("cognito-identity get-open-id-token", **one, identity_id=user, no_sign_request=True)["Token"]
    web = {"role_arn": made["by_kind"]["authenticated"], "role_session_name": "web"}
    given = aws("sts assume-role-with-web-identity", **web, web_identity_token=token, no_sign_request=True)
    contains(given, {"SubjectFromWebIdentityToken": user, "Audience": made["pool"]})
    contains(given, {"Provider": "cognito-identity.amazonaws.com"})
    equal(given["AssumedRoleUser"]["Arn"], session_of("compat-authenticated", "web"))
    equal(who(given["Credentials"]), session_of("compat-authenticated", "web"))
    assume = client("sts", config=public).assume_role_with_web_identity
    guests = {"RoleArn": made["by_kind"]["unauthenticated"], "RoleSessionName": "web"}
    message = refused("AccessDenied", 403, assume, **guests, WebIdentityToken=token)
    equal(message, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    refused("InvalidIdentityToken", 400, assume, **guests, WebIdentityToken=id_token())
    pathlib.Path("web-identity-token").write_text(token, encoding="utf-8")
    session = profile("web", role_arn=web["role_arn"], web_identity_token_file="web-identity-token", role_session_name="file")
    equal(session.client("sts").get_caller_identity()["Arn"], session_of("compat-authenticated", "file"))


@check("sts assume-role: session policies, tags, external id; a profile with role_arn")
def _():
    account = document(Principal={"AWS": ACCOUNT}, Action=["sts:AssumeRole", "sts:TagSession"])
    arn = make_role("compat-assumed", account, Action=["dynamodb:ListTables", "iam:ListRoles"], Resource="*")
    one = {"role_arn": arn, "role_session_name": "me"}
    policy = document(Action="dynamodb:*", Resource="*")
    given = aws("sts assume-role", **one, policy=policy, tags=[{"Key": "team", "Value": "blue"}], duration_seconds="900")
    assert 0 < given["PackedPolicySize"] <= 100, given
    keys = keys_of(given["Credentials"])
    client("dynamodb", **keys).list_tables()
    refused("AccessDenied", 403, client("iam", **keys).list_roles)
    said = aws_refused("ValidationError", "sts assume-role", **one, duration_seconds="3601")
    assert "exceeds the MaxSessionDuration set for this role." in said, said
    secret = document(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole", Condition={"StringEquals": {"sts:ExternalId": "x1"}})
    guarded = make_role("compat-guarded", secret, Action="dynamodb:ListTables", Resource="*")
    assume = {"RoleArn": guarded, "RoleSessionName": "me"}
    message = refused("AccessDenied", 403, sts.assume_role, **assume)
    who_ = f"User: arn:aws:iam::{ACCOUNT}:root"
    equal(message, f"{who_} is not authorized to perform: sts:AssumeRole on resource: {guarded}")
    session = profile("assumed", role_arn=guarded, credential_source="Environment", external_id="x1", role_session_name="you")
    equal(session.client("sts").get_caller_identity()["Arn"], session_of("compat-guarded", "you"))
    session.client("dynamodb").list_tables()


@check("cognito-identity update-identity-pool turns guests off; the pool goes with its identities")
def _():
    one = {"identity_pool_id": made["pool"], "identity_pool_name": "closed"}
    shown = aws("cognito-identity update-identity-pool", "--no-allow-unauthenticated-identities", **one)
    equal((shown.get("CognitoIdentityProviders"), shown["IdentityPoolTags"]), (None, {"a": "1"}))
    message = refused("NotAuthorizedException", 400, anyone.get_id, IdentityPoolId=made["pool"])
    equal(message, "Unauthenticated access is not supported for this identity pool.")
    aws("cognito-identity delete-identity-pool", identity_pool_id=made["pool"])
    refused("ResourceNotFoundException", 400, identity.delete_identity_pool, IdentityPoolId=made["pool"])
    for name in made["roles"]:
        aws("iam delete-role-policy", role_name=name, policy_name="allowed")
        aws("iam delete-role", role_name=name)
    aws("cognito-idp delete-user-pool", user_pool_id=made["users"])


def profile(name, **settings):
    """A session of boto3 with a profile of its own, as a person's ~/.aws/config has them."""
    path = pathlib.Path(f"config-{name}")
    lines = [f"[profile {name}]", f"region = {REGION}", *(f"{key} = {value}" for key, value in settings.items())]
    path.write_text("\n".join(lines), encoding="utf-8")
    os.environ["AWS_CONFIG_FILE"] = str(path)
    return boto3.Session(profile_name=name)


run()
