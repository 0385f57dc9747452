"""Every action of the query API through boto3, and the errors that AWS documents or was seen to give."""

import base64
import concurrent.futures
import csv
import io
import time
import unittest

import botocore.exceptions

from service import ACCOUNT, ServiceTestCase, code, step

MFA = f"arn:aws:iam::{ACCOUNT}:mfa/"
LONG = "x" * 65


class IAMTestCase(ServiceTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.iam = cls.service.client("iam")
        cls.sts = cls.service.client("sts")

    def fails(self, status, code, message, call, **parameters):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        error = caught.exception.response
        told = (error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Code"], error["Error"].get("Message"))
        self.assertEqual(told, (status, code, message))

    def user(self, name, **parameters):
        return self.iam.create_user(UserName=name, **parameters)["User"]

    def device(self, name, user=None, age=0):
        """A device; with a user an enabled one, whose last code is `age` steps old."""
        made = self.iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
        secret = made["Base32StringSeed"].decode()
        if user:
            now = step() - age
            self.iam.enable_mfa_device(
                UserName=user, SerialNumber=made["SerialNumber"], AuthenticationCode1=code(secret, now - 1),
                AuthenticationCode2=code(secret, now))
        return made["SerialNumber"], secret

    def credentials(self, user):
        key = self.iam.create_access_key(UserName=user)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"], None

    def session(self, credentials, **parameters):
        made = self.service.client("sts", credentials).get_session_token(**parameters)["Credentials"]
        return made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]


class Users(IAMTestCase):
    def test_life(self):
        made = self.user("zoe", Path="/a/<b>&/", Tags=[{"Key": "team", "Value": "Ålesund 1"}])
        self.assertEqual((made["Path"], made["Arn"]), ("/a/<b>&/", f"arn:aws:iam::{ACCOUNT}:user/a/<b>&/zoe"))
        self.assertRegex(made["UserId"], "^AIDA[A-Z2-7]{17}$")
        got = self.iam.get_user(UserName="zoe")["User"]
        self.assertEqual(got["Tags"], [{"Key": "team", "Value": "Ålesund 1"}])
        self.assertEqual([u["UserName"] for u in self.iam.list_users(PathPrefix="/a/")["Users"]], ["zoe"])
        self.iam.delete_user(UserName="zoe")
        self.fails(404, "NoSuchEntity", "The user with name zoe cannot be found.", self.iam.get_user, UserName="zoe")

    def test_errors(self):
        self.user("dup")
        for name in ("dup", "DUP"):
            self.fails(409, "EntityAlreadyExists", "User with name dup already exists.", self.iam.create_user, UserName=name)
        self.fails(404, "NoSuchEntity", "The user with name nobody cannot be found.", self.iam.delete_user, UserName="nobody")
        one = "1 validation error detected: Value at '{}' failed to satisfy constraint: {}"
        self.fails(
            400, "ValidationError", one.format("userName", "Member must have length less than or equal to 64"),
            self.iam.create_user, UserName=LONG)
        self.fails(
            400, "ValidationError", one.format("path", "Member must have length less than or equal to 512"),
            self.iam.create_user, UserName="u", Path="/" + 512 * "p" + "/")
        self.fails(
            400, "ValidationError", one.format("userName", r"Member must satisfy regular expression pattern: [\w+=,.@-]+"),
            self.iam.create_user, UserName="a b")
        self.fails(
            400, "ValidationError",
            "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters"
            " and/or / characters.", self.iam.create_user, UserName="u", Path="nothing")
        self.fails(
            400, "ValidationError",
            one.format("pathPrefix", r"Member must satisfy regular expression pattern: \u002F[\u0021-\u007F]*"),
            self.iam.list_users, PathPrefix="foo")
        boundary = "arn:aws:iam::aws:policy/DoesNotExist"
        self.fails(
            404, "NoSuchEntity", f"Scope ARN: {boundary} does not exist or is not attachable.",
            self.iam.create_user, UserName="bound", PermissionsBoundary=boundary)
        self.user("slashes", Path="/test//double/")
        with self.assertRaisesRegex(botocore.exceptions.ClientError, "2 validation errors detected: .*; Value at"):
            self.iam.create_user(UserName=65 * "!")

    def test_conflicts(self):
        self.user("busy")
        key = self.iam.create_access_key(UserName="busy")["AccessKey"]["AccessKeyId"]
        serial, _ = self.device("busy", "busy")
        self.iam.create_login_profile(UserName="busy", Password="correct horse")
        conflict = "Cannot delete entity, must delete {} first."
        self.fails(409, "DeleteConflict", conflict.format("MFA device"), self.iam.delete_user, UserName="busy")
        self.iam.deactivate_mfa_device(UserName="busy", SerialNumber=serial)
        self.fails(409, "DeleteConflict", conflict.format("access keys"), self.iam.delete_user, UserName="busy")
        self.iam.delete_access_key(UserName="busy", AccessKeyId=key)
        self.fails(409, "DeleteConflict", conflict.format("login profile"), self.iam.delete_user, UserName="busy")
        self.iam.delete_login_profile(UserName="busy")
        self.iam.delete_user(UserName="busy")

    def test_pages(self):
        for index in range(7):
            self.user(f"page{index}", Path="/page/")
        pages = list(self.iam.get_paginator("list_users").paginate(
            PathPrefix="/page/", PaginationConfig={"PageSize": 3}))
        self.assertEqual([len(page["Users"]) for page in pages], [3, 3, 1])
        self.assertEqual([u["UserName"] for p in pages for u in p["Users"]], [f"page{i}" for i in range(7)])
        for marker in ("x", "v1zz", "v1", "v16100", "v1ff"):
            self.fails(400, "ValidationError", "Invalid Marker.", self.iam.list_users, Marker=marker)
        self.fails(
            400, "ValidationError",
            "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: Member must have value less than"
            " or equal to 1000", self.iam.list_users, MaxItems=1001)

    def test_root(self):
        self.assertEqual(self.iam.get_user()["User"]["Arn"], f"arn:aws:iam::{ACCOUNT}:root")
        self.fails(
            400, "ValidationError", "Must specify userName when calling with non-User credentials",
            self.iam.get_login_profile)
        # A key alone does not take the second factor from the pages.
        self.fails(
            400, "ValidationError", "Must specify userName when calling with non-User credentials",
            self.iam.deactivate_mfa_device, SerialNumber=MFA + "root-account-mfa-device")

    def test_spellings(self):
        """Of a name in several cases there is one, whoever is first."""
        clients = [self.service.client("iam") for _ in range(4)]

        def create(client, name):
            try:
                client.create_user(UserName=name)
            except botocore.exceptions.ClientError as error:
                return error.response["Error"]["Code"]

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for index in range(20):
                names = [f"{start}nn{index}" for start in "aA"] + [f"{start}NN{index}" for start in "aA"]
                self.assertEqual(
                    sorted(pool.map(create, clients, names), key=str), 3 * ["EntityAlreadyExists"] + [None])


class Devices(IAMTestCase):
    def test_seed(self):
        made = self.iam.create_virtual_mfa_device(VirtualMFADeviceName="seed", Path="/p/")["VirtualMFADevice"]
        self.assertEqual(made["SerialNumber"], f"arn:aws:iam::{ACCOUNT}:mfa/p/seed")
        self.assertRegex(made["Base32StringSeed"].decode(), "^[A-Z2-7]{64}$")
        self.assertTrue(made["QRCodePNG"].startswith(b"\x89PNG"))
        self.fails(
            409, "EntityAlreadyExists", "MFA device already exists.", self.iam.create_virtual_mfa_device,
            VirtualMFADeviceName="seed", Path="/p/")

    def test_path_that_no_serial_may_have(self):
        for path in ("/a!b/", "/" + 230 * "p" + "/"):
            self.fails(
                400, "ValidationError",
                "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric"
                " characters and/or / characters.",
                self.iam.create_virtual_mfa_device, VirtualMFADeviceName="odd", Path=path)

    def test_life(self):
        self.user("dora")
        serial, secret = self.device("dora")
        self.assertIn(serial, [d["SerialNumber"] for d in self.iam.list_virtual_mfa_devices(
            AssignmentStatus="Unassigned")["VirtualMFADevices"]])
        now = step()
        enable = dict(UserName="dora", SerialNumber=serial)
        self.fails(
            403, "InvalidAuthenticationCode", "Authentication code for device is not valid.", self.iam.enable_mfa_device,
            AuthenticationCode1=code(secret, now), AuthenticationCode2=code(secret, now - 1), **enable)
        self.iam.enable_mfa_device(
            AuthenticationCode1=code(secret, now - 1), AuthenticationCode2=code(secret, now), **enable)
        self.fails(
            409, "EntityAlreadyExists", "MFA Device is already in use.", self.iam.enable_mfa_device,
            AuthenticationCode1="123456", AuthenticationCode2="123456", **enable)
        listed = self.iam.list_mfa_devices(UserName="dora")["MFADevices"]
        self.assertEqual([(d["UserName"], d["SerialNumber"]) for d in listed], [("dora", serial)])
        self.assertEqual(self.iam.get_mfa_device(SerialNumber=serial)["UserName"], "dora")
        assigned = self.iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
        mine = next(d for d in assigned if d["SerialNumber"] == serial)
        self.assertEqual(mine["User"]["UserName"], "dora")
        self.assertFalse({"Base32StringSeed", "QRCodePNG"} & set(mine))
        resync = dict(enable, AuthenticationCode1=code(secret, now + 1), AuthenticationCode2=code(secret, now + 2))
        self.iam.resync_mfa_device(**resync)
        self.fails(
            403, "InvalidAuthenticationCode", "Authentication code for device is not valid.", self.iam.resync_mfa_device,
            **resync)
        self.fails(
            409, "DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.", self.iam.delete_virtual_mfa_device,
            SerialNumber=serial)
        self.iam.deactivate_mfa_device(UserName="dora", SerialNumber=serial)
        self.fails(
            404, "NoSuchEntity", "MFA Device invalid for user.", self.iam.deactivate_mfa_device, UserName="dora",
            SerialNumber=serial)
        self.iam.delete_virtual_mfa_device(SerialNumber=serial)
        gone = f"MFA Device with serial number {serial} does not exist."
        self.fails(404, "NoSuchEntity", gone, self.iam.delete_virtual_mfa_device, SerialNumber=serial)
        self.fails(404, "NoSuchEntity", gone, self.iam.get_mfa_device, SerialNumber=serial)
        self.fails(
            404, "NoSuchEntity", gone, self.iam.enable_mfa_device, UserName="dora", SerialNumber=serial,
            AuthenticationCode1="123456", AuthenticationCode2="123456")
        self.fails(
            404, "NoSuchEntity", gone, self.iam.deactivate_mfa_device, UserName="dora", SerialNumber=serial)

    def test_order_of_checks(self):
        serial, _ = self.device("order")
        codes = dict(AuthenticationCode1="000000", AuthenticationCode2="000000")
        for action in (self.iam.enable_mfa_device, self.iam.resync_mfa_device):
            self.fails(
                404, "NoSuchEntity", "The user with name ghost cannot be found.", action, UserName="ghost",
                SerialNumber=MFA + "missing", **codes)
        self.user("first")
        self.user("second")
        self.device("firsts", "first")
        for action in (self.iam.resync_mfa_device, lambda **p: self.iam.deactivate_mfa_device(
                UserName=p["UserName"], SerialNumber=p["SerialNumber"])):
            self.fails(
                404, "NoSuchEntity", "MFA Device invalid for user.", action, UserName="second",
                SerialNumber=MFA + "firsts", **codes)
        self.fails(
            409, "EntityAlreadyExists", "MFA Device is already in use.", self.iam.enable_mfa_device, UserName="second",
            SerialNumber=MFA + "firsts", **codes)

    def test_eight(self):
        self.user("many")
        for index in range(8):
            self.device(f"many{index}", "many")
        serial, _ = self.device("many8")
        self.fails(
            409, "LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 8", self.iam.enable_mfa_device,
            UserName="many", SerialNumber=serial, AuthenticationCode1="000000", AuthenticationCode2="000000")
        pages = list(self.iam.get_paginator("list_mfa_devices").paginate(
            UserName="many", PaginationConfig={"PageSize": 5}))
        self.assertEqual([len(page["MFADevices"]) for page in pages], [5, 3])
        for length in (160, 226):
            self.iam.create_virtual_mfa_device(VirtualMFADeviceName=length * "l")
        everything = [d["SerialNumber"] for page in self.iam.get_paginator("list_virtual_mfa_devices").paginate(
            PaginationConfig={"PageSize": 2}) for d in page["VirtualMFADevices"]]
        self.assertEqual(everything, sorted(set(everything)))
        self.assertLessEqual({MFA + f"many{i}" for i in range(9)}, set(everything))

    def test_validation(self):
        self.user("vera")
        one = "1 validation error detected: Value at '{}' failed to satisfy constraint: {}"
        enable = dict(UserName="vera", SerialNumber=MFA + "vera", AuthenticationCode2="123456")
        for given, complaint in [
            ("12345", "Member must have length greater than or equal to 6"),
            ("1234567", "Member must have length less than or equal to 6"),
            ("12345a", r"Member must satisfy regular expression pattern: [\d]+"),
            ("１２３４５６", r"Member must satisfy regular expression pattern: [\d]+"),
        ]:
            self.fails(
                400, "ValidationError", one.format("authenticationCode1", complaint), self.iam.enable_mfa_device,
                AuthenticationCode1=given, **enable)
        self.fails(
            400, "ValidationError", one.format("serialNumber", "Member must have length less than or equal to 256"),
            self.iam.get_mfa_device, SerialNumber=257 * "s")
        self.fails(
            400, "ValidationError", one.format("virtualMFADeviceName", r"Member must satisfy regular expression pattern: [\w+=,.@-]+"),
            self.iam.create_virtual_mfa_device, VirtualMFADeviceName="a b")

    def test_tags(self):
        made = self.iam.create_virtual_mfa_device(
            VirtualMFADeviceName="tagged", Tags=[{"Key": "a", "Value": "1"}])["VirtualMFADevice"]
        serial = made["SerialNumber"]
        self.iam.tag_mfa_device(SerialNumber=serial, Tags=[
            {"Key": "b", "Value": "zwei"}, {"Key": "ключ", "Value": "значение"}])
        listed = self.iam.list_mfa_device_tags(SerialNumber=serial)["Tags"]
        self.assertEqual({t["Key"]: t["Value"] for t in listed}, {"a": "1", "b": "zwei", "ключ": "значение"})
        self.iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "a", "Value": "2"}])
        self.iam.untag_mfa_device(SerialNumber=serial, TagKeys=["b", "nothing"])
        listed = self.iam.list_mfa_device_tags(SerialNumber=serial)["Tags"]
        self.assertEqual({t["Key"]: t["Value"] for t in listed}, {"a": "2", "ключ": "значение"})
        self.iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "A", "Value": "3"}])
        listed = self.iam.list_mfa_device_tags(SerialNumber=serial)["Tags"]
        self.assertEqual({t["Key"]: t["Value"] for t in listed}, {"A": "3", "ключ": "значение"})
        # An enrolled device keeps its tags.
        self.user("tagger")
        secret, now = made["Base32StringSeed"].decode(), step()
        self.iam.enable_mfa_device(
            UserName="tagger", SerialNumber=serial, AuthenticationCode1=code(secret, now - 1),
            AuthenticationCode2=code(secret, now))
        self.assertEqual(len(self.iam.list_mfa_device_tags(SerialNumber=serial)["Tags"]), 2)
        for call in (self.iam.tag_mfa_device, self.iam.untag_mfa_device):
            with self.assertRaisesRegex(botocore.exceptions.ClientError, "Member must not be null"):
                call(SerialNumber=serial)
        many = [{"Key": f"k{i}", "Value": ""} for i in range(49)]
        self.fails(
            409, "LimitExceeded", "Cannot exceed quota for TagsPerMFADevice: 50", self.iam.tag_mfa_device,
            SerialNumber=serial, Tags=many)
        self.fails(
            404, "NoSuchEntity", f"MFA Device with serial number {MFA}none does not exist.", self.iam.tag_mfa_device,
            SerialNumber=MFA + "none", Tags=[{"Key": "a", "Value": ""}])
        self.fails(
            400, "ValidationError",
            "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must have length"
            " less than or equal to 128", self.iam.tag_mfa_device, SerialNumber=serial,
            Tags=[{"Key": 129 * "k", "Value": ""}])


class Passwords(IAMTestCase):
    def test_profiles(self):
        self.user("pia")
        missing = "Login Profile for User pia cannot be found."
        for call in (self.iam.get_login_profile, self.iam.delete_login_profile, self.iam.update_login_profile):
            self.fails(404, "NoSuchEntity", missing, call, UserName="pia")
        made = self.iam.create_login_profile(UserName="pia", Password="correct horse", PasswordResetRequired=True)
        self.assertTrue(made["LoginProfile"]["PasswordResetRequired"])
        self.fails(
            409, "EntityAlreadyExists", "Login Profile for user pia already exists.", self.iam.create_login_profile,
            UserName="pia", Password="correct horse")
        self.iam.update_login_profile(UserName="pia", Password="battery staple", PasswordResetRequired=False)
        self.assertFalse(self.iam.get_login_profile(UserName="pia")["LoginProfile"]["PasswordResetRequired"])
        self.iam.delete_login_profile(UserName="pia")
        self.fails(
            404, "NoSuchEntity", "The user with name ghost cannot be found.", self.iam.create_login_profile,
            UserName="ghost", Password="correct horse")

    def test_policy(self):
        self.fails(
            404, "NoSuchEntity", f"The Password Policy with domain name {ACCOUNT} cannot be found.",
            self.iam.get_account_password_policy)
        self.fails(
            404, "NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.",
            self.iam.delete_account_password_policy)
        self.iam.update_account_password_policy()
        self.assertEqual(self.iam.get_account_password_policy()["PasswordPolicy"], {
            "MinimumPasswordLength": 6, "RequireSymbols": False, "RequireNumbers": False,
            "RequireUppercaseCharacters": False, "RequireLowercaseCharacters": False,
            "AllowUsersToChangePassword": False, "ExpirePasswords": False})
        self.iam.update_account_password_policy(
            MinimumPasswordLength=10, RequireNumbers=True, RequireSymbols=True, RequireUppercaseCharacters=True,
            RequireLowercaseCharacters=True, AllowUsersToChangePassword=True, MaxPasswordAge=90,
            PasswordReusePrevention=3, HardExpiry=True)
        policy = self.iam.get_account_password_policy()["PasswordPolicy"]
        self.assertEqual((policy["MaxPasswordAge"], policy["PasswordReusePrevention"], policy["ExpirePasswords"]), (90, 3, True))
        self.user("weak")
        for password in ("Aa1!", "aaaaaaaa1!", "AAAAAAAA1!", "Aaaaaaaaa!", "Aaaaaaaa11"):
            with self.assertRaises(botocore.exceptions.ClientError) as caught:
                self.iam.create_login_profile(UserName="weak", Password=password)
            self.assertEqual(caught.exception.response["Error"]["Code"], "PasswordPolicyViolation")
            self.assertNotIn(password, str(caught.exception))
        words = [f"Correct horse {i}!" for i in range(4)]
        self.iam.create_login_profile(UserName="weak", Password=words[0])
        for word in words[1:]:
            self.iam.update_login_profile(UserName="weak", Password=word)
        with self.assertRaises(botocore.exceptions.ClientError):
            self.iam.update_login_profile(UserName="weak", Password=words[1])
        self.iam.update_login_profile(UserName="weak", Password=words[0])
        for parameters, complaint in [
            (dict(MinimumPasswordLength=5), "'minimumPasswordLength' failed to satisfy constraint: Member must have value greater than or equal to 6"),
            (dict(MaxPasswordAge=1096), "'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095"),
        ]:
            self.fails(
                400, "ValidationError", f"1 validation error detected: Value at {complaint}",
                self.iam.update_account_password_policy, **parameters)
        self.iam.delete_account_password_policy()

    def test_change(self):
        self.user("carl")
        self.iam.create_login_profile(UserName="carl", Password="correct horse")
        serial, secret = self.device("carl", "carl", age=2)
        long_term = self.credentials("carl")
        now = step()
        carl = self.service.client("iam", self.session(
            long_term, SerialNumber=serial, TokenCode=code(secret, now)))
        denied = (f"User: arn:aws:iam::{ACCOUNT}:user/carl is not authorized to perform: iam:ChangePassword on resource: "
                  f"arn:aws:iam::{ACCOUNT}:user/carl with an explicit deny in an identity-based policy")
        self.fails(
            403, "AccessDenied", denied, self.service.client("iam", long_term).change_password,
            OldPassword="correct horse", NewPassword="battery staple")
        self.fails(
            403, "AccessDenied", "The old password was incorrect.", carl.change_password, OldPassword="wrong",
            NewPassword="battery staple")
        carl.change_password(OldPassword="correct horse", NewPassword="battery staple")
        carl.change_password(OldPassword="battery staple", NewPassword="correct horse")
        # Guesses at it are as few as on the pages.
        for _ in range(9):
            self.fails(
                403, "AccessDenied", "The old password was incorrect.", carl.change_password, OldPassword="wrong",
                NewPassword="battery staple")
        self.fails(
            400, "Throttling", "Rate exceeded", carl.change_password, OldPassword="correct horse",
            NewPassword="battery staple")
        self.fails(
            400, "InvalidUserType", "Only IAM Users can change their own password.", self.iam.change_password,
            OldPassword="correct horse", NewPassword="battery staple")


class AccessKeys(IAMTestCase):
    def test_life(self):
        self.user("kim")
        one = self.iam.create_access_key(UserName="kim")["AccessKey"]
        self.assertRegex(one["AccessKeyId"], "^AKIA[A-Z2-7]{16}$")
        self.assertEqual(len(one["SecretAccessKey"]), 40)
        credentials = (one["AccessKeyId"], one["SecretAccessKey"], None)
        self.assertEqual(
            self.service.client("sts", credentials).get_caller_identity()["Arn"], f"arn:aws:iam::{ACCOUNT}:user/kim")
        two = self.iam.create_access_key(UserName="kim")["AccessKey"]["AccessKeyId"]
        self.fails(
            409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", self.iam.create_access_key, UserName="kim")
        listed = self.iam.list_access_keys(UserName="kim")["AccessKeyMetadata"]
        self.assertEqual({k["AccessKeyId"]: k["Status"] for k in listed}, {one["AccessKeyId"]: "Active", two: "Active"})
        self.assertFalse(any("SecretAccessKey" in k for k in listed))
        self.iam.update_access_key(UserName="kim", AccessKeyId=one["AccessKeyId"], Status="Inactive")
        self.fails(
            403, "InvalidClientTokenId", "The security token included in the request is invalid.",
            self.service.client("sts", credentials).get_caller_identity)
        self.iam.update_access_key(UserName="kim", AccessKeyId=one["AccessKeyId"], Status="Active")
        self.service.client("sts", credentials).get_caller_identity()
        self.iam.delete_access_key(UserName="kim", AccessKeyId=two)
        self.fails(
            404, "NoSuchEntity", f"The Access Key with id {two} cannot be found.", self.iam.delete_access_key,
            UserName="kim", AccessKeyId=two)
        self.fails(
            404, "NoSuchEntity", "The user with name ghost cannot be found.", self.iam.create_access_key, UserName="ghost")


class AccountWide(IAMTestCase):
    def test_alias(self):
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], [])
        self.iam.create_account_alias(AccountAlias="example-corp")
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], ["example-corp"])
        self.fails(
            409, "EntityAlreadyExists", "The account alias example-corp already exists.", self.iam.create_account_alias,
            AccountAlias="example-corp")
        self.fails(
            404, "NoSuchEntity", "The account alias other cannot be found.", self.iam.delete_account_alias,
            AccountAlias="other")
        self.iam.delete_account_alias(AccountAlias="example-corp")
        for alias in ("-abc", "abc-", "a--b", "Abc"):
            self.fails(
                400, "ValidationError", "1 validation error detected: Value at 'accountAlias' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
                self.iam.create_account_alias, AccountAlias=alias)

    def test_summary_and_report(self):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            self.iam.get_credential_report()
        self.assertEqual(caught.exception.response["Error"]["Code"], "ReportNotPresent")
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 410)
        self.user("rita", Path="/r/")
        self.iam.create_login_profile(UserName="rita", Password="correct horse")
        self.device("rita", "rita")
        self.user("rolf")
        summary = self.iam.get_account_summary()["SummaryMap"]
        self.assertEqual((summary["MFADevices"], summary["MFADevicesInUse"], summary["AccountMFAEnabled"]), (1, 1, 0))
        self.assertEqual(summary["Users"], 2)
        self.assertEqual(self.iam.generate_credential_report()["State"], "STARTED")
        self.assertEqual(self.iam.generate_credential_report()["State"], "COMPLETE")
        report = self.iam.get_credential_report()
        self.assertEqual(report["ReportFormat"], "text/csv")
        rows = list(csv.DictReader(io.StringIO(report["Content"].decode())))
        self.assertEqual([row["user"] for row in rows], ["<root_account>", "rita", "rolf"])
        self.assertEqual([row["mfa_active"] for row in rows], ["false", "true", "false"])
        self.assertEqual([row["password_enabled"] for row in rows], ["not_supported", "true", "false"])
        self.assertEqual(rows[0]["access_key_1_last_used_service"], "iam")
        self.assertEqual(len(rows[0]), 22)


class Sessions(IAMTestCase):
    INVALID = "MultiFactorAuthentication failed with invalid MFA one time pass code. "

    def test_mfa(self):
        self.user("sam")
        serial, secret = self.device("sam", "sam", age=2)
        credentials, now = self.credentials("sam"), step()
        sts = self.service.client("sts", credentials)
        parameters = dict(SerialNumber=serial, TokenCode=code(secret, now))
        made = sts.get_session_token(DurationSeconds=900, **parameters)["Credentials"]
        self.assertRegex(made["AccessKeyId"], "^ASIA[A-Z2-7]{16}$")
        self.assertAlmostEqual(made["Expiration"].timestamp(), time.time() + 900, delta=30)
        self.fails(403, "AccessDenied", self.INVALID, sts.get_session_token, **parameters)
        session = (made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        self.assertEqual(
            self.service.client("iam", session).list_mfa_devices()["MFADevices"][0]["SerialNumber"], serial)
        self.service.client("iam", session).list_access_keys()
        self.fails(
            403, "AccessDenied", "Cannot call GetSessionToken with session credentials",
            self.service.client("sts", session).get_session_token)
        # Signed with another key, or for another key id.
        forged = (made["AccessKeyId"], "x" * 40, made["SessionToken"])
        with self.assertRaisesRegex(botocore.exceptions.ClientError, "SignatureDoesNotMatch"):
            self.service.client("sts", forged).get_caller_identity()
        for token in (made["SessionToken"][:-8] + "AAAAAAA=", "x", ""):
            moved = (made["AccessKeyId"], made["SecretAccessKey"], token)
            with self.assertRaisesRegex(botocore.exceptions.ClientError, "InvalidClientTokenId"):
                self.service.client("sts", moved).get_caller_identity()
        self.service.client("iam", session).deactivate_mfa_device(SerialNumber=serial)

    def test_without_mfa(self):
        self.user("sue")
        session = self.session(self.credentials("sue"))
        self.assertEqual(
            self.service.client("sts", session).get_caller_identity()["Arn"], f"arn:aws:iam::{ACCOUNT}:user/sue")
        self.fails(
            403, "InvalidClientTokenId", "The security token included in the request is invalid.",
            self.service.client("iam", session).get_user)

    def test_refusals(self):
        self.user("stu")
        self.user("ted")
        serial, secret = self.device("stu", "stu", age=2)
        stu, ted = (self.service.client("sts", self.credentials(u)) for u in ("stu", "ted"))
        both = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. "
        self.fails(403, "AccessDenied", both, stu.get_session_token, SerialNumber=serial)
        self.fails(403, "AccessDenied", both, stu.get_session_token, TokenCode="123456")
        unable = ("MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is "
                  "valid and associated with this user. ")
        right = code(secret, step())
        self.fails(403, "AccessDenied", unable, ted.get_session_token, SerialNumber=serial, TokenCode=right)
        self.fails(403, "AccessDenied", unable, stu.get_session_token, SerialNumber=MFA + "none", TokenCode=right)
        wrong = f"{(int(right) + 1) % 10**6:06d}"
        self.fails(403, "AccessDenied", self.INVALID, stu.get_session_token, SerialNumber=serial, TokenCode=wrong)
        for seconds, complaint in [(899, "greater than or equal to 900"), (129601, "less than or equal to 129600")]:
            self.fails(
                400, "ValidationError",
                f"1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint: Member must have value {complaint}",
                stu.get_session_token, DurationSeconds=seconds)
        stu.get_session_token(SerialNumber=serial, TokenCode=right)
        # Five failures lock, and the text does not say so.
        for _ in range(6):
            self.fails(403, "AccessDenied", self.INVALID, stu.get_session_token, SerialNumber=serial, TokenCode=wrong)
        self.fails(
            403, "AccessDenied", self.INVALID, stu.get_session_token, SerialNumber=serial,
            TokenCode=code(secret, step() + 1))

    def test_gone(self):
        self.user("gil")
        session = self.session(self.credentials("gil"))
        for key in self.iam.list_access_keys(UserName="gil")["AccessKeyMetadata"]:
            self.iam.delete_access_key(UserName="gil", AccessKeyId=key["AccessKeyId"])
        self.iam.delete_user(UserName="gil")
        self.user("gil")
        self.fails(
            403, "InvalidClientTokenId", "The security token included in the request is invalid.",
            self.service.client("sts", session).get_caller_identity)


class Authority(IAMTestCase):
    def test_users(self):
        self.user("una")
        self.user("ugo")
        other, _ = self.device("ugos", "ugo")
        una = self.service.client("iam", self.credentials("una"))
        me = f"arn:aws:iam::{ACCOUNT}:user/una"
        denied = f"User: {me} is not authorized to perform: iam:{{0}} on resource: {{1}} "
        explicit = denied + "with an explicit deny in an identity-based policy"
        implicit = denied + "because no identity-based policy allows the iam:{0} action"
        self.assertEqual(una.get_user()["User"]["UserName"], "una")
        self.assertEqual(una.list_mfa_devices(UserName="una")["MFADevices"], [])
        users = f"arn:aws:iam::{ACCOUNT}:user/"
        ugo = users + "ugo"
        for action, call, parameters, resource, text in [
            ("CreateUser", una.create_user, dict(UserName="ugo"), ugo, implicit),
            ("GetUser", una.get_user, dict(UserName="ugo"), ugo, implicit),
            ("ListUsers", una.list_users, {}, users, implicit),
            ("ListUsers", una.list_users, dict(PathPrefix="/team/"), users + "team/", implicit),
            ("DeleteUser", una.delete_user, dict(UserName="una"), me, implicit),
            ("DeleteVirtualMFADevice", una.delete_virtual_mfa_device, dict(SerialNumber=other), other, implicit),
            ("DeactivateMFADevice", una.deactivate_mfa_device, dict(UserName="ugo", SerialNumber=other), ugo, implicit),
            ("DeactivateMFADevice", una.deactivate_mfa_device, dict(UserName="una", SerialNumber=other), me, explicit),
            ("CreateAccessKey", una.create_access_key, {}, me, explicit),
            ("ListVirtualMFADevices", una.list_virtual_mfa_devices, {}, "*", implicit),
            ("GetAccountSummary", una.get_account_summary, {}, "*", implicit),
        ]:
            self.fails(403, "AccessDenied", text.format(action, resource), call, **parameters)
        # Which devices others have is not told.
        for call in (una.list_mfa_device_tags, una.get_mfa_device):
            for serial in (other, MFA + "none"):
                self.fails(
                    404, "NoSuchEntity", f"MFA Device with serial number {serial} does not exist.", call, SerialNumber=serial)
        # A device that is for anybody is not used up by anybody, and another's is not to be had.
        pool, _ = self.device("pool")
        for _ in range(4):
            self.fails(
                403, "InvalidAuthenticationCode", "Authentication code for device is not valid.", una.enable_mfa_device,
                UserName="una", SerialNumber=pool, AuthenticationCode1="000000", AuthenticationCode2="000000")
        self.assertEqual(self.service.request("GET", "/v1/users/una/devices")[1]["devices"], [])
        self.service.vmfa("user", "unlock", "una")
        # Their own device, from the first step to the last.
        made = una.create_virtual_mfa_device(VirtualMFADeviceName="unas")["VirtualMFADevice"]
        secret, now = made["Base32StringSeed"].decode(), step()
        pair = dict(AuthenticationCode1=code(secret, now - 3), AuthenticationCode2=code(secret, now - 2))
        una.enable_mfa_device(UserName="una", SerialNumber=made["SerialNumber"], **pair)
        # A key alone gets no second factor for somebody who has one.
        again = una.create_virtual_mfa_device(VirtualMFADeviceName="unas2")["VirtualMFADevice"]
        self.fails(
            403, "AccessDenied", "MultiFactorAuthentication is needed: the user has an MFA device.", una.enable_mfa_device,
            UserName="una", SerialNumber=again["SerialNumber"], AuthenticationCode1="000000", AuthenticationCode2="000000")
        self.iam.delete_virtual_mfa_device(SerialNumber=again["SerialNumber"])
        una.resync_mfa_device(
            UserName="una", SerialNumber=made["SerialNumber"], AuthenticationCode1=code(secret, now - 1),
            AuthenticationCode2=code(secret, now))
        far = dict(AuthenticationCode1=code(secret, now + 200), AuthenticationCode2=code(secret, now + 201))
        self.fails(
            403, "InvalidAuthenticationCode", "Authentication code for device is not valid.", una.resync_mfa_device,
            UserName="una", SerialNumber=made["SerialNumber"], **far)
        self.iam.resync_mfa_device(UserName="una", SerialNumber=made["SerialNumber"], **far)
        self.assertEqual(una.get_mfa_device(SerialNumber=made["SerialNumber"])["UserName"], "una")
        for index in range(8):
            una.create_virtual_mfa_device(VirtualMFADeviceName=f"hoard{index}")
        self.fails(
            409, "LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 8", una.create_virtual_mfa_device,
            VirtualMFADeviceName="hoard8")

    def test_administrator(self):
        self.service.vmfa("user", "create", "boss", "--administrator")
        boss = self.service.client("iam", self.credentials("boss"))
        boss.create_user(UserName="hired")
        boss.delete_user(UserName="hired")


class Keys(IAMTestCase):
    def test_rotation(self):
        """Access keys and sessions from before a rotation of the keys go on, and the running service learns of it."""
        self.user("rot")
        credentials = self.credentials("rot")
        session = self.session(credentials)
        self.service.vmfa("key", "rotate")
        for signer in (self.service.root, credentials, session):
            self.service.client("sts", signer).get_caller_identity()
        self.assertTrue(self.session(credentials))


class Audit(IAMTestCase):
    def test_rows(self):
        self.user("audra")
        serial, secret = self.device("audra", "audra")
        with self.assertRaises(botocore.exceptions.ClientError):
            self.iam.get_user(UserName="ghost")
        self.iam.list_users()
        rows = [row for row in self.service.request("GET", "/v1/audit?limit=1000")[1]["records"]]
        names = [row["eventName"] for row in rows if row["userIdentity"].get("arn", "").endswith(":root")]
        for name in ("CreateUser", "CreateVirtualMFADevice", "EnableMFADevice", "GetUser", "ListUsers"):
            self.assertEqual(names.count(name), 1, name)
        failed = next(row for row in rows if row["eventName"] == "GetUser")
        self.assertEqual((failed["errorCode"], failed["sourceIPAddress"]), ("NoSuchEntity", "127.0.0.1"))
        self.assertEqual((failed["eventSource"], failed["eventType"]), ("iam.amazonaws.com", "AwsApiCall"))
        self.assertNotIn(secret, str(rows))
        self.service.vmfa("audit", "verify")



class OtherServices(ServiceTestCase):
    """Clients of other services of AWS, with this endpoint for all of them: each is refused in words that it can read."""

    def test_other_services(self):
        for name, call, expected in (
            ("organizations", "describe_organization", "UnknownOperationException"), ("dynamodb", "list_tables", "UnknownOperationException"),
            ("cloudwatch", "list_metrics", "UnknownOperationException"), ("ec2", "describe_regions", "InvalidAction"),
            ("sns", "list_topics", "InvalidAction"), ("s3", "list_buckets", "NotImplemented"), ("lambda", "list_functions", "no_such_resource"),
        ):
            with self.subTest(service=name):
                with self.assertRaises(botocore.exceptions.ClientError) as caught:
                    getattr(self.service.client(name), call)()
                answer = caught.exception.response
                self.assertEqual(answer["Error"]["Code"], expected)
                self.assertIn(answer["ResponseMetadata"]["HTTPStatusCode"], (400, 404))
                if name != "lambda":
                    self.assertIn("IAM and STS", answer["Error"]["Message"])
                    self.assertNotIn("iam.amazonaws.com", str(answer))


if __name__ == "__main__":
    unittest.main()
