import type { ContainmentStep, StepOutcome } from "@kms-guard/core/containment/steps.ts";
import { VERDICTS } from "@kms-guard/core/evaluate/verdict.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import type { Finding, FindingStatus } from "@kms-guard/core/findings/finding.ts";
import * as v from "valibot";

// Objects are loose: what a newer version wrote is kept, not dropped, when an older one reads it and writes it back.

const texts = v.array(v.string());
const principalType = v.picklist(["user", "role", "group"]);
const principalName = v.looseObject({ type: principalType, name: v.string() });

const detachTarget = v.looseObject({ principal: principalName, policyArn: v.string() });
const inlineTarget = v.looseObject({ principal: principalName, policyName: v.string() });

const containmentStep = v.union([
  v.looseObject({
    action: v.picklist(["detach-user-policy", "detach-role-policy", "detach-group-policy"]),
    target: detachTarget,
  }),
  v.looseObject({
    action: v.picklist(["delete-user-policy", "delete-role-policy", "delete-group-policy"]),
    target: inlineTarget,
    document: v.string(),
  }),
]);

const restoreStep = v.union([
  v.looseObject({
    action: v.picklist(["attach-user-policy", "attach-role-policy", "attach-group-policy"]),
    target: detachTarget,
  }),
  v.looseObject({
    action: v.picklist(["put-user-policy", "put-role-policy", "put-group-policy"]),
    target: inlineTarget,
    document: v.string(),
  }),
]);

const outcome = v.looseObject({
  outcome: v.picklist(["done", "already", "skipped", "failed"]),
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

const trigger = v.looseObject({
  kind: v.picklist(["event", "sweep", "scan", "replay"]),
  eventName: v.exactOptional(v.string()),
  eventId: v.exactOptional(v.string()),
  eventTime: v.exactOptional(v.string()),
  actor: v.exactOptional(
    v.looseObject({
      type: v.string(),
      arn: v.exactOptional(v.string()),
      roleArn: v.exactOptional(v.string()),
      sourceIp: v.exactOptional(v.string()),
      userAgent: v.exactOptional(v.string()),
      invokedBy: v.exactOptional(v.string()),
      mfa: v.exactOptional(v.boolean()),
    }),
  ),
});

export const findingStatusSchema: v.GenericSchema<unknown, FindingStatus> = v.picklist([
  "open",
  "contained",
  "containment-failed",
  "exempt",
  "restored",
  "resolved",
]);

const severity = v.picklist(["CRITICAL", "HIGH", "MEDIUM"]);

/** A finding as it is stored and published; the fields are described in core's `Finding`. */
export const findingSchema: v.GenericSchema<unknown, Finding> = v.looseObject({
  schemaVersion: v.literal("1"),
  id: v.string(),
  status: findingStatusSchema,
  service: v.literal("kms"),
  verdict: v.picklist(["full", "near-full", "conditional-full", "scoped-full", "invalid"]),
  vacuous: v.boolean(),
  severity,
  title: v.string(),
  reason: v.string(),
  account: v.string(),
  partition: v.string(),
  region: v.string(),
  policy: v.looseObject({
    kind: v.picklist(["managed", "aws-managed", "inline"]),
    arn: v.exactOptional(v.string()),
    name: v.string(),
    versionId: v.exactOptional(v.string()),
    documentSha256: v.string(),
    principal: v.exactOptional(principalName),
  }),
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
      members: v.exactOptional(v.number()),
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
    mode: v.picklist(["monitor", "enforce"]),
    action: v.picklist(["contain", "alert", "exempt"]),
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
  policy: v.variant("kind", [
    v.looseObject({ kind: v.literal("managed"), arn: v.string() }),
    v.looseObject({ kind: v.literal("inline"), principal: principalName, name: v.string() }),
  ]),
  principal: v.exactOptional(principalName),
  documentSha256: v.exactOptional(v.string()),
  reason: v.string(),
  owner: v.string(),
  ticket: v.exactOptional(v.string()),
  createdBy: v.string(),
  createdAt: v.string(),
  expiresAt: v.string(),
});
