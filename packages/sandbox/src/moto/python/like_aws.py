"""What the tests change in moto, so that a result does not depend on how fast this machine is.

By itself moto looks at a write's condition and then writes, in a thread for each call: of five conditional writes at the
same time two may succeed. In DynamoDB one does, and here too.

By itself moto makes a key to sign with for every new subscription, which may take seconds on a busy machine: SNS's
client gives up, and publishes again. Here all subscriptions have one key, made before moto listens.
"""

from functools import wraps
from threading import RLock

from cryptography.hazmat.primitives.asymmetric import rsa
from moto.dynamodb.models import DynamoDBBackend
from moto.sns.models import Subscription

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WRITING = RLock()


def one_at_a_time(write):
    @wraps(write)
    def locked(*given, **named):
        with WRITING:
            return write(*given, **named)

    return locked


for name in ("put_item", "update_item", "delete_item"):
    setattr(DynamoDBBackend, name, one_at_a_time(getattr(DynamoDBBackend, name)))
Subscription.private_key = lambda self: KEY
