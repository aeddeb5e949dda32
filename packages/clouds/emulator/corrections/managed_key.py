"""A write to S3 that asks for encryption with KMS and names no key is refused.

On AWS it is encrypted with the account's own key for S3, `aws/s3`, whose ARN the answer tells. The CDK's own bootstrap makes its bucket so, and what it publishes there
names no key.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import s3

from settings import Settings

_SSE = "x-amz-server-side-encryption"
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def apply(settings: Settings) -> None:
    del settings
    resolve = s3._resolve_sse_write_headers

    def resolve_with_key(headers: dict[str, Any], bucket: str) -> Any:
        if headers.get(_SSE) == "aws:kms" and not headers.get(_KEY):
            headers = {**headers, _KEY: f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/s3"}
        return resolve(headers, bucket)

    s3._resolve_sse_write_headers = resolve_with_key
