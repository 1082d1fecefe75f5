"""Generates greeter/v1 from the contract: python generate.py [FOLDER]"""

import sys
from pathlib import Path

from grpc_tools import protoc

HERE = Path(__file__).parent
PROTO = HERE.parent.parent / "packages" / "contracts" / "proto"


def main() -> int:
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    return protoc.main(
        [
            "protoc",
            f"--proto_path={PROTO}",
            f"--python_out={folder}",
            f"--pyi_out={folder}",
            f"--grpc_python_out={folder}",
            "greeter/v1/greeter.proto",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
