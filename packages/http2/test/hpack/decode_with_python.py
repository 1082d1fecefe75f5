"""Decodes blocks with the Python package hpack.

Reads lines of JSON, {"tableSize": n, "blocks": [hex, ...]}, and answers each
with a line: the list of blocks, each flat, name, value, name, value ...
"""

import json
import sys

from hpack import Decoder

for line in sys.stdin:
    job = json.loads(line)
    decoder = Decoder(max_header_list_size=2**20)
    decoder.max_allowed_table_size = job["tableSize"]
    lists = []
    for block in job["blocks"]:
        fields = decoder.decode(bytes.fromhex(block), raw=True)
        lists.append([text.decode("latin1") for field in fields for text in field])
    print(json.dumps(lists), flush=True)
