"""Calls of AWS's APIs by boto3: one a line as JSON on standard input, its answer a line on standard output.

botocore holds every parameter against AWS's own models, and refuses what they do not know.
"""
import json
import sys

import boto3
import botocore.exceptions
from botocore.config import Config

config = Config(retries={"mode": "standard", "total_max_attempts": 1})


def text(value):
    """Objects are streams, and times have a type of their own."""
    return value.read().decode() if hasattr(value, "read") else str(value)


def answer(call):
    client = boto3.client(call["service"], config=config, **call["caller"])
    try:
        result = getattr(client, call["operation"])(**call["parameters"])
        result.pop("ResponseMetadata", None)
        return {"result": result}
    except botocore.exceptions.ClientError as error:
        return {"code": error.response["Error"]["Code"], "message": str(error)}
    except Exception as error:  # Parameters that the models refuse, or an answer that is none.
        return {"code": type(error).__name__, "message": str(error)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), default=text), flush=True)
