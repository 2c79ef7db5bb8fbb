"""Judges credentials by PyLD and python3-cryptography alone (Data Integrity EdDSA Cryptosuites 1.0, eddsa-rdfc-2022).

Reads {"contexts": {address: document}, "did": document, "cases": [{"credential": …, "list": …}]} and prints a verdict for each case.
"""
import base64
import gzip
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld

task = json.load(sys.stdin)
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def load(url, options=None):
    document = task["contexts"][url]
    return {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}


def base58(multibase):
    number = 0
    for sign in multibase[1:]:
        number = number * 58 + BASE58.index(sign)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def digest(document):
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
    return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()


def is_signed(document, did):
    bare = dict(document)
    proof = bare.pop("proof")
    proof = dict(proof[0] if isinstance(proof, list) else proof)
    issuer = bare["issuer"]["id"] if isinstance(bare["issuer"], dict) else bare["issuer"]
    method = next(one for one in did["verificationMethod"] if one["id"] == proof["verificationMethod"])
    assert (proof["cryptosuite"], proof["proofPurpose"]) == ("eddsa-rdfc-2022", "assertionMethod")
    assert did["id"] == issuer and method["controller"] == issuer and method["id"] in did["assertionMethod"]
    key = base58(method["publicKeyMultibase"])
    signature = base58(proof.pop("proofValue")).rjust(64, b"\0")
    assert key[:2] == b"\xed\x01"
    proof["@context"] = bare["@context"]
    try:
        Ed25519PublicKey.from_public_bytes(key[2:]).verify(signature, digest(proof) + digest(bare))
        return True
    except InvalidSignature:
        return False


def is_revoked(entry, status_list):
    encoded = status_list["credentialSubject"]["encodedList"][1:]
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    index = int(entry["statusListIndex"])
    return bits[index // 8] >> (7 - index % 8) & 1 == 1


def judge(credential, status_list):
    if not is_signed(credential, task["did"]):
        return "tampered"
    entry = credential["credentialStatus"]
    if entry["statusListCredential"] != status_list["id"] or not is_signed(status_list, task["did"]):
        return "no status"
    return "revoked" if is_revoked(entry, status_list) else "valid"


print(json.dumps([judge(case["credential"], case["list"]) for case in task["cases"]]))
