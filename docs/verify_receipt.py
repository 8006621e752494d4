"""Check a receipt of the public record, with nothing but Python: it may be written again by anyone.

    python verify_receipt.py RECEIPT LOG_KEY [WITNESS_KEY...]

Keys are written ``name+1234abcd+base64``. Ask the village for them, not whoever gave you the
receipt: all those that you name must have signed it. Ends with status 0 when everything holds.
"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

STATED = {"about", "day", "kind", "ref", "sealed", "version"}
# What was stated (extra), its place, the path to the root of the tree, and the signed root.
RECEIPT = re.compile(
    r"c2sp\.org/tlog-proof@v1\nextra (?P<extra>.+)\nindex (?P<index>0|[1-9][0-9]*)\n"
    r"(?P<path>(?:[A-Za-z0-9+/]{43}=\n)*)\n"
    r"(?P<text>(?P<origin>.+)\n(?P<size>0|[1-9][0-9]*)\n(?P<root>.{44})\n(?:.+\n)*)\n"
    r"(?P<signatures>(?:— [^\s+]+ [^\s]+\n)+)"
)


def need(holds, why):
    """Refuse what does not hold."""
    if not holds:
        raise ValueError(why)


def read_base64(text):
    """Read Base64, written in the one right way."""
    found = base64.b64decode(text, validate=True)
    need(base64.b64encode(found).decode() == text, "une suite de lettres est mal recopiée")
    return found


def shown(words):
    """Leave out what a terminal would obey, and new lines: a stranger may have written this."""
    return "".join(each if each.isprintable() or each == "\u00a0" else "\ufffd" for each in words)


def canonical(value):
    """Write JSON in the one right way (RFC 8785, for words, whole numbers, yes and no)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def root_above(entry, index, size, path):
    """Follow the path from an entry to the root of the tree (RFC 9162, 2.1.3.2)."""
    need(index < size, "cette place n’est pas dans le registre")
    reached, last = hashlib.sha256(b"\x00" + entry).digest(), size - 1
    for step in path:
        need(last > 0, "le chemin est trop long")
        if index % 2 or index == last:
            reached = hashlib.sha256(b"\x01" + step + reached).digest()
            while index and index % 2 == 0:
                index, last = index // 2, last // 2
        else:
            reached = hashlib.sha256(b"\x01" + reached + step).digest()
        index, last = index // 2, last // 2
    need(last == 0, "le chemin est trop court")
    return reached


# Ed25519 (RFC 8032, 5.1): points of a curve modulo P, as (X, Y, Z, T): x = X/Z, y = Y/Z, T = XY/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(one, two):
    """Add two points (5.1.4)."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]), (one[1] + one[0]) * (two[1] + two[0])
    c, d = 2 * one[3] * two[3] * D, 2 * one[2] * two[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    """Add a point to itself so many times."""
    total = (0, 1, 1, 0)
    while number:
        if number % 2:
            total = add(total, point)
        number, point = number // 2, add(point, point)
    return total


def read_point(written):
    """Find x from y and from the sign of x (5.1.3)."""
    y = int.from_bytes(written, "little") % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square, "une signature n’est pas un point de la courbe")
    if x % 2 != written[31] // 128:
        x = P - x
    return x, y, 1, x * y % P


BASE = read_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(public, message, signature):
    """Tell whether a key has signed a message (5.1.7): S·B = R + k·A."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k_times_a = times(int.from_bytes(digest, "little") % ORDER, read_point(public))
    left, right = times(s, BASE), add(read_point(signature[:32]), k_times_a)
    return all((left[at] * right[2] - right[at] * left[2]) % P == 0 for at in (0, 1))


def check_signature(receipt, key, kind):
    """Check that a key has signed the root: a log's (kind 1), or a witness's with a time (4)."""
    name, key_id, written = key.split("+", 2)
    material = read_base64(written)
    digest = hashlib.sha256(name.encode() + b"\n" + material).hexdigest()
    need(len(material) == 33 and key_id == digest[:8], f"la clé de {name} est mal recopiée")
    need(material[0] == kind, f"la clé de {name} n’est pas de la bonne sorte")
    for line in receipt["signatures"].rstrip("\n").split("\n"):
        _dash, signer, written = line.split(" ")
        signature, message = read_base64(written), receipt["text"]
        if (signer, signature[:4].hex()) == (name, key_id):
            signature = signature[4:]
            if kind == 4:
                message = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{message}"
                signature = signature[8:]
            holds = is_signed(material[1:], message.encode(), signature)
            return need(holds, f"la signature de {name} n’est pas la sienne sur ce sceau")
    return need(False, f"la signature de {name} manque")


def check(text, log_key, witness_keys):
    """Check a whole receipt; return its parts, what it says, and what opens its seals."""
    found = RECEIPT.fullmatch(text)
    need(found and not re.search(r"[\x00-\x09\x0b-\x1f]", text), "ce n’est pas un reçu entier")
    extra = read_base64(found["extra"])
    held = json.loads(extra)
    need(canonical(held) == extra, "son contenu n’est pas écrit comme il doit l’être")
    entry, openings = held["statement"].encode(), held["openings"]
    path = [read_base64(line) for line in found["path"].split()]
    root = root_above(entry, int(found["index"]), int(found["size"]), path)
    need(root == read_base64(found["root"]), "l’inscription, sa place ou le chemin a été changé")
    statement = json.loads(entry)
    # Nothing said twice, nothing beside what is shown.
    whole = canonical(statement) == entry and statement.keys() == STATED
    need(whole, "l’inscription n’est pas écrite comme elle doit l’être")
    for name, opening in openings.items():
        salt, fields = read_base64(opening["salt"]), canonical(opening["fields"])
        holds = statement["sealed"].get(name) == hashlib.sha256(salt + fields).hexdigest()
        need(holds and len(salt) == 32, f"« {name} » n’est pas ce qui a été scellé")
    need(found["origin"] == log_key.split("+")[0], "ce reçu vient d’un autre registre")
    check_signature(found, log_key, 1)
    for key in witness_keys:
        check_signature(found, key, 4)
    return found, statement, openings


def main(file, log_key, *witness_keys):
    """Say what the receipt says, and whether it holds."""
    try:
        text = Path(file).read_bytes().decode()
        found, statement, openings = check(text, log_key, witness_keys)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as wrong:
        sys.exit(shown(f"Ce reçu ne tient pas : {wrong}."))
    said = [f"Le {statement['day']} : {statement['kind']}, {json.dumps(statement['about'])}"]
    for name in statement["sealed"]:
        fields = openings[name]["fields"] if name in openings else "(pas dans ce reçu)"
        said.append(f"Scellé, {name} : {json.dumps(fields, ensure_ascii=False)}")
    said.append(f"Registre {found['origin']}, place {int(found['index']) + 1} sur {found['size']}.")
    said.append(f"Signatures vérifiées : {1 + len(witness_keys)}. Tout concorde.")
    sys.stdout.write("\n".join(map(shown, said)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 2 else sys.exit(__doc__)
