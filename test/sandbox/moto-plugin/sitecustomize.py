"""Lets moto check some callers and not others, and against the resource of the call.

Python runs this file when moto starts (PYTHONPATH). By itself moto checks either everybody's permissions or nobody's,
and takes the resource of every call for "*". Here it checks, with its own code and against the policies as they stand
in IAM, the calls that are marked with the resource that they are about; the others it takes from whoever makes them.
"""

from moto.core.authorization import ActionAuthenticatorMixin

RESOURCE = "X-Sandbox-Resource"

check = ActionAuthenticatorMixin._authenticate_and_authorize_action


def check_marked_calls(self, iam_request_cls, resource="*"):
    marked = self.headers.get(RESOURCE)
    if marked is not None:
        check(self, iam_request_cls, marked)


ActionAuthenticatorMixin._authenticate_and_authorize_action = check_marked_calls
