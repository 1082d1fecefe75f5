"""Generates greeter/v1 from the contract: python generate.py"""

import sys
from pathlib import Path

from grpc_tools import protoc

HERE = Path(__file__).parent
PROTO = HERE.parent.parent / "packages" / "contracts" / "proto"


def main() -> int:
    return protoc.main(
        [
            "protoc",
            f"--proto_path={PROTO}",
            f"--python_out={HERE}",
            f"--pyi_out={HERE}",
            f"--grpc_python_out={HERE}",
            "greeter/v1/greeter.proto",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
