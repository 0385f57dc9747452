#!/bin/sh
# The life of a virtual MFA device with the aws CLI as it comes, against a vmfa that is served at $AWS_ENDPOINT_URL: what a
# person does on AWS. Takes a user name that is free, and leaves nothing behind. Ends 0 when every answer was AWS's.
#
#   aws.sh USER
set -eu

user=$1
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
say() { echo "-- $*"; }
# Runs a command that must fail with these words.
refused() { words=$1 && shift && if "$@" > "$work/out" 2> "$work/err"; then echo "not refused: $*"; exit 1; fi; grep -qF "$words" "$work/err" || { cat "$work/err"; exit 1; }; }
query() { aws "$@" --output text; }

account=$(query sts get-caller-identity --query Account)
serial=arn:aws:iam::$account:mfa/$user

say create-user
aws iam create-user --user-name "$user" > "$work/user.json"

say create-virtual-mfa-device, as a QR code and as a seed
aws iam create-virtual-mfa-device --virtual-mfa-device-name "$user" --outfile "$work/qr.png" --bootstrap-method QRCodePNG > /dev/null
zbarimg --nodbus -q --raw "$work/qr.png" > "$work/uri"
aws iam create-virtual-mfa-device --virtual-mfa-device-name "$user-seed" --outfile "$work/seed" --bootstrap-method Base32StringSeed > /dev/null
[ "$(wc -c < "$work/seed")" = 64 ]
aws iam delete-virtual-mfa-device --serial-number "$serial-seed"

say enable-mfa-device
# The pair that was on the screen a minute ago: it leaves the codes of this step and the next for what follows.
set -- $(vmfa pair - --at $(($(date +%s) - 60)) < "$work/uri")
refused "Authentication code for device is not valid." \
  aws iam enable-mfa-device --user-name "$user" --serial-number "$serial" --authentication-code1 "$2" --authentication-code2 "$1"
aws iam enable-mfa-device --user-name "$user" --serial-number "$serial" --authentication-code1 "$1" --authentication-code2 "$2"
refused "MFA Device is already in use." \
  aws iam enable-mfa-device --user-name "$user" --serial-number "$serial" --authentication-code1 "$1" --authentication-code2 "$2"

say list, get, tag
[ "$(query iam list-mfa-devices --user-name "$user" --query 'MFADevices[].SerialNumber')" = "$serial" ]
[ "$(query iam get-mfa-device --serial-number "$serial" --query UserName)" = "$user" ]
aws iam tag-mfa-device --serial-number "$serial" --tags Key=team,Value=red
[ "$(query iam list-mfa-device-tags --serial-number "$serial" --query 'Tags[].Value')" = red ]
query iam list-virtual-mfa-devices --assignment-status Assigned --query 'VirtualMFADevices[].SerialNumber' | grep -qF "$serial"

say get-session-token
set -- $(query iam create-access-key --user-name "$user" --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
key=$1 secret=$2
as_user() { env AWS_ACCESS_KEY_ID="$key" AWS_SECRET_ACCESS_KEY="$secret" "$@"; }
code=$(vmfa code - < "$work/uri")
set -- $(as_user aws sts get-session-token --serial-number "$serial" --token-code "$code" --output text \
  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
with_mfa() { env AWS_ACCESS_KEY_ID="$mfa_key" AWS_SECRET_ACCESS_KEY="$mfa_secret" AWS_SESSION_TOKEN="$mfa_token" "$@"; }
mfa_key=$1 mfa_secret=$2 mfa_token=$3

say the same code again
refused "(AccessDenied) when calling the GetSessionToken operation: MultiFactorAuthentication failed with invalid MFA one time pass code. " \
  as_user aws sts get-session-token --serial-number "$serial" --token-code "$code"

say IAM with and without MFA
with_mfa aws iam list-access-keys > /dev/null
set -- $(as_user aws sts get-session-token --output text --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]')
refused "(InvalidClientTokenId)" env AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3" aws iam list-access-keys
refused "(AccessDenied)" as_user aws iam list-access-keys

say resync-mfa-device
set -- $(vmfa pair - --at $(($(date +%s) + 7200)) < "$work/uri")
aws iam resync-mfa-device --user-name "$user" --serial-number "$serial" --authentication-code1 "$1" --authentication-code2 "$2"

say deactivate, delete
refused "(DeleteConflict)" aws iam delete-virtual-mfa-device --serial-number "$serial"
with_mfa aws iam deactivate-mfa-device --serial-number "$serial"
aws iam delete-virtual-mfa-device --serial-number "$serial"
aws iam delete-access-key --user-name "$user" --access-key-id "$key"
aws iam delete-user --user-name "$user"
refused "(NoSuchEntity)" aws iam get-user --user-name "$user"
