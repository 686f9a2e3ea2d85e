import { DECISION_ACTIONS, MODES } from "@kms-guard/core/containment/decision.ts";
import {
  ATTACH_ACTIONS,
  type ContainmentStep,
  DELETE_ACTIONS,
  DETACH_ACTIONS,
  PUT_ACTIONS,
  STEP_OUTCOMES,
  type StepOutcome,
} from "@kms-guard/core/containment/steps.ts";
import { SEVERITIES, VERDICTS, VIOLATIONS } from "@kms-guard/core/evaluate/verdict.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import {
  ATTACHMENT_STATES,
  FINDING_STATUSES,
  type Finding,
  type FindingStatus,
  TRIGGER_KINDS,
} from "@kms-guard/core/findings/finding.ts";
import { type PolicyKind, PRINCIPAL_TYPES } from "@kms-guard/core/policy/policy.ts";
import { GUARDED_SERVICES } from "@kms-guard/core/services/guarded-services.ts";
import * as v from "valibot";

// Objects are loose: what a newer version wrote is kept, not dropped, when an older one reads it and writes it back.

const texts = v.array(v.string());
const principalType = v.picklist(PRINCIPAL_TYPES);
const principalName = v.looseObject({
  type: principalType,
  name: v.string(),
  id: v.exactOptional(v.string()),
});

const detachTarget = v.looseObject({ principal: principalName, policyArn: v.string() });
const inlineTarget = v.looseObject({ principal: principalName, policyName: v.string() });

const containmentStep = v.union([
  v.looseObject({
    action: v.picklist(DETACH_ACTIONS),
    target: detachTarget,
  }),
  v.looseObject({
    action: v.picklist(DELETE_ACTIONS),
    target: inlineTarget,
    document: v.string(),
  }),
]);

const restoreStep = v.union([
  v.looseObject({
    action: v.picklist(ATTACH_ACTIONS),
    target: detachTarget,
  }),
  v.looseObject({
    action: v.picklist(PUT_ACTIONS),
    target: inlineTarget,
    document: v.string(),
  }),
]);

const outcome = v.looseObject({
  outcome: v.picklist(STEP_OUTCOMES),
  error: v.exactOptional(v.string()),
  at: v.string(),
});

/** The steps of a containment, in order. */
export const planSchema: v.GenericSchema<unknown, ContainmentStep[]> = v.array(containmentStep);

/** What one step came to, of a containment or of a restore. */
export const stepOutcomeSchema: v.GenericSchema<unknown, StepOutcome> = v.intersect([
  v.union([containmentStep, restoreStep]),
  outcome,
]);

/** The fields of an actor that may be absent. */
export const actor = {
  arn: v.exactOptional(v.string()),
  roleArn: v.exactOptional(v.string()),
  sourceIp: v.exactOptional(v.string()),
  userAgent: v.exactOptional(v.string()),
  invokedBy: v.exactOptional(v.string()),
  mfa: v.exactOptional(v.boolean()),
};

const trigger = v.looseObject({
  kind: v.picklist(TRIGGER_KINDS),
  eventName: v.exactOptional(v.string()),
  eventId: v.exactOptional(v.string()),
  eventTime: v.exactOptional(v.string()),
  actor: v.exactOptional(v.looseObject({ ...actor, type: v.string() })),
});

export const findingStatusSchema: v.GenericSchema<unknown, FindingStatus> = v.picklist(FINDING_STATUSES);

const severity = v.picklist(SEVERITIES);

const managed = {
  arn: v.string(),
  name: v.string(),
  versionId: v.exactOptional(v.string()),
  documentSha256: v.string(),
};
const ofPrincipal = { name: v.string(), principal: principalName, documentSha256: v.string() };

const findingPolicies = {
  managed: v.looseObject({ ...managed, kind: v.literal("managed") }),
  "aws-managed": v.looseObject({ ...managed, kind: v.literal("aws-managed") }),
  inline: v.looseObject({ ...ofPrincipal, kind: v.literal("inline") }),
  combined: v.looseObject({ ...ofPrincipal, kind: v.literal("combined") }),
} satisfies Record<PolicyKind, unknown>;

const exemptedPolicies = {
  managed: v.looseObject({ kind: v.literal("managed"), arn: v.string() }),
  inline: v.looseObject({ kind: v.literal("inline"), principal: principalName, name: v.string() }),
  combined: v.looseObject({
    kind: v.literal("combined"),
    principal: principalName,
    documentSha256: v.string(),
  }),
} satisfies Record<Exemption["policy"]["kind"], unknown>;

/** A finding as it is stored and published; the fields are described in core's `Finding`. */
export const findingSchema: v.GenericSchema<unknown, Finding> = v.looseObject({
  schemaVersion: v.literal("1"),
  id: v.string(),
  status: findingStatusSchema,
  service: v.picklist(GUARDED_SERVICES.map(({ prefix }) => prefix)),
  verdict: v.picklist(VIOLATIONS),
  vacuous: v.boolean(),
  share: v.exactOptional(v.number()),
  severity,
  title: v.string(),
  reason: v.string(),
  account: v.string(),
  partition: v.string(),
  region: v.string(),
  policy: v.variant("kind", Object.values(findingPolicies)),
  evidence: v.array(
    v.looseObject({
      path: v.string(),
      sid: v.exactOptional(v.string()),
      effect: v.picklist(["Allow", "Deny"]),
      actions: texts,
      resources: texts,
      conditions: v.array(v.looseObject({ operator: v.string(), key: v.string(), values: texts })),
      contributes: v.string(),
    }),
  ),
  missingActions: texts,
  attachments: v.array(
    v.looseObject({
      type: principalType,
      name: v.string(),
      arn: v.exactOptional(v.string()),
      id: v.exactOptional(v.string()),
      members: v.exactOptional(v.number()),
      state: v.picklist(ATTACHMENT_STATES),
      until: v.exactOptional(v.string()),
    }),
  ),
  trigger,
  change: v.exactOptional(
    v.looseObject({
      previousVersionId: v.exactOptional(v.string()),
      previousVerdict: v.exactOptional(v.picklist(VERDICTS)),
      diff: v.exactOptional(v.string()),
    }),
  ),
  decision: v.looseObject({
    mode: v.picklist(MODES),
    action: v.picklist(DECISION_ACTIONS),
    reason: v.string(),
  }),
  containment: v.exactOptional(v.looseObject({ steps: v.array(stepOutcomeSchema) })),
  notInForce: v.exactOptional(v.string()),
  recurrence: v.exactOptional(
    v.looseObject({
      count: v.number(),
      firstAt: v.string(),
      lastAt: v.string(),
      toldAt: v.string(),
      raisedFrom: v.exactOptional(severity),
      tool: v.exactOptional(
        v.looseObject({ name: v.string(), knownBy: v.picklist(["invokedBy", "userAgent"]) }),
      ),
    }),
  ),
  resolution: v.exactOptional(
    v.looseObject({ reason: v.string(), at: v.string(), trigger: v.exactOptional(trigger) }),
  ),
  timing: v.looseObject({
    eventTime: v.exactOptional(v.string()),
    receivedAt: v.string(),
    containedAt: v.exactOptional(v.string()),
    publishedAt: v.exactOptional(v.string()),
    reopenedAt: v.exactOptional(v.string()),
  }),
  nextSteps: texts,
  links: v.looseObject({
    policy: v.exactOptional(v.string()),
    event: v.exactOptional(v.string()),
    history: v.exactOptional(v.string()),
  }),
});

export const exemptionSchema: v.GenericSchema<unknown, Exemption> = v.looseObject({
  id: v.string(),
  account: v.string(),
  policy: v.variant("kind", Object.values(exemptedPolicies)),
  principal: v.exactOptional(principalName),
  documentSha256: v.exactOptional(v.string()),
  reason: v.string(),
  owner: v.string(),
  ticket: v.exactOptional(v.string()),
  createdBy: v.string(),
  createdAt: v.string(),
  expiresAt: v.string(),
});
