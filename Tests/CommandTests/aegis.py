"""Opens an Aegis vault as its documentation describes it, with none of vmfa's code.

aegis.py VAULT PASSPHRASE-FILE: prints issuer, name, type and secret of each entry.
"""
import base64
import json
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

vault = json.load(open(sys.argv[1]))
passphrase = open(sys.argv[2], "rb").read().removesuffix(b"\n")
assert vault["version"] == 1
slot = next(s for s in vault["header"]["slots"] if s["type"] == 1)
derived = Scrypt(bytes.fromhex(slot["salt"]), 32, slot["n"], slot["r"], slot["p"]).derive(passphrase)
parameters = slot["key_params"]
master = AESGCM(derived).decrypt(
    bytes.fromhex(parameters["nonce"]), bytes.fromhex(slot["key"]) + bytes.fromhex(parameters["tag"]), None)
parameters = vault["header"]["params"]
database = json.loads(AESGCM(master).decrypt(
    bytes.fromhex(parameters["nonce"]), base64.b64decode(vault["db"]) + bytes.fromhex(parameters["tag"]), None))
assert database["version"] == 3
for entry in database["entries"]:
    print(entry["issuer"], entry["name"], entry["type"], entry["info"]["secret"])
