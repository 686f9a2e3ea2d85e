"""Python runs this file when moto starts (PYTHONPATH), unless another of its name comes first."""

import like_aws  # noqa: F401
