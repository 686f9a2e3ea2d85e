"""What the sandbox changes in moto. Python runs this file when moto starts (PYTHONPATH).

By itself moto checks either everybody's permissions or nobody's, and takes the resource of every call for "*". Here it
checks, with its own code and against the policies that are in IAM, the calls that are marked with the resource
that they are about; the others it accepts from any caller.

By itself moto puts an event together from a template for every target, in a tenth of a second, and loses its account.
Here a target without a template has the event as it is, as on AWS.

By itself moto runs a function in Docker or not at all, and mails nothing. Here what a rule or a topic has for a function
waits in a queue, `sandbox-` and its name, and what it has for a mail address goes to the mailbox.
"""

import os
from copy import copy

import like_aws  # noqa: F401
from moto.core.authorization import ActionAuthenticatorMixin
from moto.events.models import Rule
from moto.events.utils import EventTemplateParser
from moto.sns.models import Subscription

RESOURCE = "X-Sandbox-Resource"
MAILBOX = os.environ["SANDBOX_MAILBOX"]

check = ActionAuthenticatorMixin._authenticate_and_authorize_action
fill_template = EventTemplateParser.parse
send_to_targets = Rule.send_to_targets
publish = Subscription.publish


def check_marked_calls(self, iam_request_cls, resource="*"):
    marked = self.headers.get(RESOURCE)
    if marked is not None:
        check(self, iam_request_cls, marked)


def fill_given_templates(input_template, input_paths_map, event):
    if input_template:
        return fill_template(input_template, input_paths_map, event)
    return {name: value for name, value in event.items() if name != "ingestion-time"}


def queue_of(arn):
    return arn.replace(":lambda:", ":sqs:").replace(":function:", ":sandbox-")


def send_to_queues(self, original_event, transform_input=True):
    stand_in = copy(self)
    stand_in.targets = [{**target, "Arn": queue_of(target["Arn"])} for target in self.targets]
    send_to_targets(stand_in, original_event, transform_input)


def publish_to_stand_in(self, message, message_id, message_structure=None, **more):
    stand_in = copy(self)
    if message_structure == "json":
        message = self._parse_message_structure(message, self.protocol)
    if self.protocol == "lambda":
        stand_in.protocol, stand_in.endpoint = "sqs", queue_of(self.endpoint)
    if self.protocol == "email":
        stand_in.protocol, stand_in.endpoint = "http", MAILBOX
    publish(stand_in, message, message_id, **more)


ActionAuthenticatorMixin._authenticate_and_authorize_action = check_marked_calls
EventTemplateParser.parse = staticmethod(fill_given_templates)
Rule.send_to_targets = send_to_queues
Subscription.publish = publish_to_stand_in
