"""What moto has to do otherwise for the sandbox. Python runs this file when moto starts (PYTHONPATH).

By itself moto checks either everybody's permissions or nobody's, and takes the resource of every call for "*". Here it
checks, with its own code and against the policies as they stand in IAM, the calls that are marked with the resource
that they are about; the others it takes from whoever makes them.

By itself moto puts an event together from a template for every target, in a tenth of a second, and loses its account.
Here a target without a template has the event as it is, as on AWS.
"""

from moto.core.authorization import ActionAuthenticatorMixin
from moto.events.utils import EventTemplateParser

RESOURCE = "X-Sandbox-Resource"

check = ActionAuthenticatorMixin._authenticate_and_authorize_action
fill_template = EventTemplateParser.parse


def check_marked_calls(self, iam_request_cls, resource="*"):
    marked = self.headers.get(RESOURCE)
    if marked is not None:
        check(self, iam_request_cls, marked)


def fill_given_templates(input_template, input_paths_map, event):
    if input_template:
        return fill_template(input_template, input_paths_map, event)
    return {name: value for name, value in event.items() if name != "ingestion-time"}


ActionAuthenticatorMixin._authenticate_and_authorize_action = check_marked_calls
EventTemplateParser.parse = staticmethod(fill_given_templates)
