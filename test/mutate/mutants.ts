/** A change of one line that breaks one rule. */
export interface Mutant {
  /** Path in the repository. */
  readonly file: string;
  /** Is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The rule that it breaks. */
  readonly rule: string;
  /** Why no test can notice it. */
  readonly survives?: string;
}

/** @throws Error where the text is not in the file exactly once: the list has to follow the code. */
export function apply({ file, find, replace, rule }: Mutant, text: string): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`\`${find}\` is ${parts.length - 1} times in ${file}: ${rule}`);
  return parts.join(replace);
}

const core = (path: string, rule: string, find: string, replace: string, survives?: string): Mutant =>
  mutant(`packages/core/src/${path}`, rule, find, replace, survives);
const guard = (path: string, rule: string, find: string, replace: string, survives?: string): Mutant =>
  mutant(`packages/guard/src/${path}`, rule, find, replace, survives);

function mutant(file: string, rule: string, find: string, replace: string, survives?: string): Mutant {
  return { file, rule, find, replace, ...(survives !== undefined && { survives }) };
}

export const MUTANTS: readonly Mutant[] = [
  // What is contained, and when.
  guard(
    "assess.ts",
    "A policy from an account scan is read again before it is contained.",
    "|| snapshot.fromAccountScan !== true",
    "|| true",
  ),
  guard(
    "assess.ts",
    "If a policy from an account scan cannot be read again, nothing is contained.",
    'return { ...assessed, blockedBy: failure("the policy could not be read again", cause) };',
    "return assessed;",
  ),
  guard(
    "assess.ts",
    "If the exemptions cannot be read, the event comes again.",
    "...(known instanceof Error && { blockedBy: known }),",
    "",
  ),
  guard(
    "assess.ts",
    "What is not in force is never contained.",
    'action: "alert", reason: notInForce, plan: []',
    "",
  ),
  guard(
    "assess.ts",
    "If a role's path cannot be read, the event comes again.",
    "failures: unread === undefined ?",
    "failures: true ?",
  ),
  guard(
    "assess.ts",
    "A scan that finds another principal makes another finding.",
    "JSON.stringify(attachmentsOf(policy).map(principalIdentity).toSorted())",
    '""',
  ),
  guard(
    "contain.ts",
    "If IAM could not be read, no outcome is concluded.",
    "iamUnavailable === true || isAmong(wanted, step)",
    "isAmong(wanted, step)",
  ),
  guard(
    "contain.ts",
    "A step added to a recorded plan is recorded before it is performed.",
    "if (!isNew && isUntried && isAmong(wanted, step))",
    "if (false)",
  ),
  guard(
    "contain.ts",
    "A principal that is new is contained with the recorded plan.",
    "wanted.filter((step) => !isAmong(recorded, step))",
    "(recorded.length > 0 ? [] : wanted)",
  ),
  guard(
    "contain.ts",
    "A containment that was undone has not ended.",
    "isDone(before(step)) && !isAmong(current, step)",
    "isDone(before(step))",
  ),
  guard(
    "contain.ts",
    "A planned step that a run cut off had done can be restored.",
    ': { ...step, outcome: "done", at },',
    ': { ...step, outcome: "already", at },',
  ),
  guard(
    "contain.ts",
    "An outcome that could not be recorded calls for another run.",
    "failures.push(failure(`an outcome of ${finding.id} could not be recorded`, cause));",
    "",
  ),
  guard("contain.ts", "A step that may work later calls for another run.", "if (retryable)", "if (false)"),
  guard(
    "contain.ts",
    "What was detached before by somebody else does not become the guard's doing.",
    "performed.has(step) && !isDone",
    "performed.has(step)",
  ),
  guard(
    "contain.ts",
    "A step whose answer was lost can be restored.",
    "performed.has(step) && !isDone",
    "false",
  ),
  guard(
    "contain.ts",
    "A retry compares the document again before it deletes it.",
    "isConfirmed === true && round === 0",
    "isConfirmed === true",
  ),
  guard(
    "contain.ts",
    "No step begins after the deadline.",
    "if (clock.nowMs() < endMs) answer = await",
    "answer = await",
  ),
  guard(
    "records.ts",
    "A document read too long ago is compared again before it is deleted.",
    "areUnchanged && clock.nowMs() - beganMs <= CONFIRMED_FOR_MS",
    "areUnchanged",
  ),
  guard(
    "records.ts",
    "A run that finds the record goes on where the record stops.",
    "return { record: opened.record, isNew: false,",
    "return { record: opened.record, isNew: true,",
  ),
  guard(
    "records.ts",
    "The plan of an alert is not recorded for containment.",
    'action === "contain" ? plan : []',
    "plan",
  ),
  guard(
    "contain.ts",
    "What is attached again is read after IAM enforces.",
    "await clock.sleepMs(ENFORCEMENT_LAG_MS);",
    "",
  ),
  guard(
    "contain.ts",
    "What is not in force has no attachment that could be contained.",
    "notInForce === undefined ? containmentPlan(policy, attachmentsOf(policy)) : []",
    "containmentPlan(policy, attachmentsOf(policy))",
  ),
  guard(
    "contain.ts",
    "What this run detaches after the end is notified once more.",
    'return outcome.outcome === "done" && isAfterEnd;',
    "false",
  ),
  guard(
    "contain.ts",
    "What was detached for the first time is not notified twice.",
    'return outcome.outcome === "done" && isAfterEnd;',
    'return outcome.outcome === "done";',
  ),
  guard(
    "contain.ts",
    "A finding that is contained already has not ended once more.",
    'finding.status === "open" &&',
    "",
  ),
  guard("contain.ts", "A finding without a plan was not contained.", "plan.length > 0 &&", ""),
  guard(
    "contain.ts",
    "Only what the guard detached itself is looked at again.",
    'containment?.steps.some(({ outcome }) => outcome === "done") === true',
    "containment !== undefined",
  ),
  guard(
    "contain.ts",
    "A step that is refused is not tried again.",
    "pending.filter(({ step }) => performed.get(step)?.retryable)",
    'pending.filter(({ step }) => performed.get(step)?.outcome.outcome === "failed")',
  ),

  // From one event to its alert.
  guard(
    "handle-event.ts",
    "An attachment that is back after the enforcement lag is contained again.",
    "isVerification ? undefined : await verifyContainment(ports, [...findings.values()])",
    "undefined",
  ),
  guard(
    "handle-event.ts",
    "A policy that the event and the account scan show is processed once.",
    "assessment === undefined || seen.has(assessment.finding.id)",
    "assessment === undefined",
  ),
  guard(
    "handle-event.ts",
    "Reading the account has twelve minutes.",
    "readsAccount(call) ? WHOLE_ACCOUNT_BUDGET_MS : BUDGET_MS",
    "BUDGET_MS",
  ),
  guard(
    "handle-event.ts",
    "A retry of an event does not reopen the event's finding.",
    "isRetry: !mayBeKnown(snapshot, detection)",
    "isRetry: false",
  ),
  guard(
    "handle-event.ts",
    "A step that failed brings the event back.",
    "[...unprocessed, ...unresolved, ",
    "[...unresolved, ",
  ),
  guard(
    "handle-event.ts",
    "A policy that could not be read brings the event back.",
    'failures.push(failure("not every policy could be read and evaluated", cause));',
    "",
  ),
  guard(
    "handle-event.ts",
    "A finding that could not be recorded brings the event back.",
    "failures: [why, ...notifying]",
    "failures: notifying",
  ),
  guard(
    "handle-event.ts",
    "A resolved finding stays resolved when a retry sees its containment.",
    'isEnded && begun.status !== "resolved"',
    "isEnded",
  ),
  guard(
    "assess.ts",
    "Another account's event is not processed.",
    "if (call.account !== settings.account.id)",
    "if (false)",
  ),
  guard(
    "assess.ts",
    "A grant made with the guard's role is processed.",
    "ownRoleArns.includes(roleArn) && isRemoval(call)",
    "ownRoleArns.includes(roleArn)",
  ),
  guard(
    "assess.ts",
    "A harmless new version is processed, because it may end a finding.",
    '?.creates === "policy" &&',
    "?.creates !== undefined &&",
  ),
  guard(
    "policies/read-policy.ts",
    "No inline policy is read after the deadline.",
    "read().inlinePolicy(",
    "policies.inlinePolicy(",
  ),
  guard(
    "policies/read-policy.ts",
    "No account is read after the deadline.",
    "read().accountPolicies(",
    "policies.accountPolicies(",
  ),
  guard(
    "handle-event.ts",
    "Who was not notified of a finding is notified by the next run.",
    "failures: [...failures, ...(await notify(ports, ended))]",
    "failures",
  ),
  guard(
    "handle-event.ts",
    "An alert that rests on too little says why nothing is contained.",
    "reason: `nothing is contained: ${why.message}`",
    "reason: decision.reason",
  ),
  guard(
    "handle-event.ts",
    "A finding that could not be closed brings the event back.",
    "failures: [...failures, ...closing, ...notifying]",
    "failures: [...failures, ...notifying]",
  ),
  guard(
    "handle-event.ts",
    "An event has five minutes.",
    "const BUDGET_MS = 5 * 60_000;",
    "const BUDGET_MS = 6 * 60_000;",
  ),
  guard(
    "assess.ts",
    "The guard's own removal is not processed.",
    "roleArn !== undefined && ownRoleArns.includes(roleArn) && isRemoval(call)",
    "false",
  ),
  guard(
    "assess.ts",
    "A policy that was created with hidden parameters is processed.",
    "!parametersOmitted &&",
    "",
  ),
  guard(
    "assess.ts",
    "Only a call that grants names the principal that gets the policy.",
    'scope.kind === "attachment" && effect === "grants" &&',
    'scope.kind === "attachment" &&',
  ),
  guard(
    "assess.ts",
    "What a removal leaves may be known.",
    "meetsKnownFindings: isRemoval(call) || ",
    "meetsKnownFindings: ",
  ),

  // What is known.
  guard(
    "records.ts",
    "A containment of another text is not this one's.",
    "isContained && policy.documentSha256 === found.policy.documentSha256",
    "isContained",
  ),
  guard(
    "records.ts",
    "A containment before the event does not answer it.",
    "Date.parse(at) >= sinceMs &&",
    "",
  ),
  guard(
    "records.ts",
    "A resolved finding does not report what is attached now.",
    'found.attachments.length > 0 ? ([...UNRESOLVED, "contained"] as const) : undefined',
    "undefined",
  ),
  guard(
    "records.ts",
    "If the previous findings cannot be read, nothing is contained.",
    'return failure("the previous findings of the policy could not be read", cause);',
    "return undefined;",
  ),
  guard(
    "resolve.ts",
    "A finding that a run is containing is not resolved.",
    "if (!isBeingContained(record.finding))",
    "if (true)",
  ),
  guard(
    "resolve.ts",
    "A finding that another run resolved is not resolved again.",
    "|| !isUnresolved(stored.record.finding)",
    "",
  ),
  guard(
    "resolve.ts",
    "A resolution is recorded after everybody was notified.",
    "if (failures.length > 0) return failures;",
    "",
  ),
  guard(
    "resolve.ts",
    "A containment resolves the other findings of its policy.",
    "processed.filter(isContained)",
    "processed.filter(() => false)",
  ),
  guard(
    "sweep.ts",
    "What an account scan finds is marked as read long ago.",
    "yield { policy, fromAccountScan: true }",
    "yield { policy }",
  ),
  guard(
    "sweep.ts",
    "Only an exemption that ends within the week is notified.",
    "if (!isExpiring(exemption, clock.nowMs())) continue;",
    "",
  ),
  guard(
    "resolve.ts",
    "An event resolves what IAM shows only after a while.",
    "isShown: (policy) => isConsistentWith(call, policy),",
    "",
  ),
  guard(
    "resolve.ts",
    "A resolution says which call it was.",
    "{ reason, ...(trigger !== undefined && { trigger }) }",
    "{ reason }",
  ),
  guard(
    "resolve.ts",
    "A finding that another version wrote keeps no other from being resolved.",
    "readableRecords(ports.findings.list({ subject, status: UNRESOLVED }))",
    "readableRecords(ports.findings.list({ subject }))",
  ),
  guard(
    "sweep.ts",
    "What a sweep had no time for calls for another run.",
    "...(scan.skipped > 0 ? [noTimeFor(`${scan.skipped} policies`)] : []),",
    "",
  ),
  guard(
    "sweep.ts",
    "Nothing is resolved while the account is not read whole.",
    "scan.isWhole = scan.skipped === 0;",
    "scan.isWhole = true;",
  ),
  guard(
    "sweep.ts",
    "A version of a policy that is a violation itself is not dormant.",
    'verdictOn(policy.document).name !== "none"',
    "false",
  ),
  guard(
    "sweep.ts",
    "If the exemptions cannot be read, the sweep runs again.",
    'return [failure("the exemptions cannot be read", cause)];',
    "return [];",
  ),
  guard(
    "records.ts",
    "A record that cannot be read is kept, and the finding gets another id.",
    'if (opened.kind === "unreadable")',
    "if (false)",
  ),

  // Who is notified.
  guard(
    "notify.ts",
    "Who was notified is not notified again.",
    "pending = await ports.findings.claimNotification(",
    "await ports.findings.claimNotification(",
  ),
  guard(
    "notify.ts",
    "A failed notification is released for a retry.",
    "close(ports, id, key, notified, failures.length === 0)",
    "close(ports, id, key, notified, true)",
  ),
  guard(
    "notify.ts",
    "A notification that could not be claimed brings the event back.",
    "return [...unclaimed, ...failures]",
    "return failures",
  ),
  core(
    "notifications/should-notify.ts",
    "Programs get a finding that people do not need.",
    '? ["programs"] : AUDIENCES',
    "? [] : AUDIENCES",
  ),
  core(
    "notifications/should-notify.ts",
    "A reopened finding is notified once more.",
    "timing.reopenedAt === undefined ?",
    "true ?",
  ),
  guard(
    "notify.ts",
    "That people were notified is measured.",
    'if (audience === "people") observer.notified(finding);',
    "",
  ),
  guard(
    "notify.ts",
    "That programs were notified is no alert.",
    'if (audience === "people") observer.notified(finding);',
    "observer.notified(finding);",
  ),
  guard(
    "notify.ts",
    "A notification is recorded though the first write fails.",
    "const CLOSING_TRIES = 3;",
    "const CLOSING_TRIES = 1;",
  ),
  guard(
    "notify.ts",
    "A notification that could not be recorded brings the event back only where one failed.",
    "if (closed instanceof Error && failures.length > 0) failures.push(closed);",
    "if (closed instanceof Error) failures.push(closed);",
  ),
  guard(
    "notify.ts",
    "A channel that fails keeps no other from being used.",
    "failures.push(failure(`${name} could not be published to ${audience}`, cause));",
    "return { notified, failures: [failure(name, cause)] };",
  ),
  core(
    "notifications/should-notify.ts",
    "People are notified of a recurrence that is not contained.",
    'status === "contained" && recurrence !== undefined',
    "recurrence !== undefined",
  ),
  core(
    "notifications/should-notify.ts",
    "People are notified when a recurrence is due.",
    "recurrence.toldAt !== recurrence.lastAt",
    "true",
  ),

  // Exemptions and restores.
  guard(
    "exemptions.ts",
    "Without the notification there is no exemption.",
    "if (failed !== undefined) throw failed;",
    "",
  ),
  guard("exemptions.ts", "An exemption is stored.", "await findings.addExemption(exemption);", ""),
  guard(
    "restore.ts",
    "A restore makes an exemption first.",
    "await ports.findings.addExemption(exemption);",
    "",
  ),
  guard(
    "restore.ts",
    "A restore whose exemption has expired is made again.",
    "exemption !== undefined && !isExpired(exemption, nowMs)",
    "exemption !== undefined",
  ),
  guard(
    "restore.ts",
    "Another account's finding is not restored.",
    "if (account !== settings.account.id)",
    "if (false)",
  ),
  guard(
    "restore.ts",
    "A restore exempts the contained text only.",
    "documentSha256: policy.documentSha256,",
    "",
  ),
  core(
    "exemptions/exemption.ts",
    "An exemption whose end cannot be read exempts nothing.",
    "return !(nowMs < Date.parse(expiresAt));",
    "return nowMs >= Date.parse(expiresAt);",
  ),
  core(
    "exemptions/exemption.ts",
    "An exemption is of one account.",
    "exemption.account === subject.account &&",
    "",
  ),
  core(
    "exemptions/exemption.ts",
    "An exemption of a text covers no other text.",
    "exemptedSha256.toLowerCase() !== documentSha256",
    "false",
  ),
  core(
    "exemptions/exemption.ts",
    "An exemption of one principal does not cover an unattached policy.",
    "(subject.principal !== undefined &&",
    "(subject.principal === undefined ||",
  ),
  guard(
    "restore.ts",
    "A principal that was created again gets nothing back.",
    "plan.filter((step) => !ofOthers.has(step))",
    "plan",
  ),
  guard(
    "restore.ts",
    "The principal of an inline policy is known by the id that the finding has.",
    "principal.id ?? known(principal)?.id",
    "principal.id",
  ),
  guard(
    "restore.ts",
    "A principal whose id is not known gets back what was taken.",
    "now?.id === undefined || now.id === id",
    "now?.id === id",
  ),
  guard(
    "restore.ts",
    "What was undone in part is restored again.",
    "if (!known?.some((attachment) => isSamePrincipal(attachment, principal))) return false;",
    "",
  ),
  core(
    "exemptions/exemption.ts",
    "An exemption of several policies together is of their texts only.",
    "exempted.documentSha256.toLowerCase() === documentSha256 &&",
    "",
  ),

  // A policy as it is in IAM.
  guard(
    "policies/read-policy.ts",
    "IAM has seven seconds to agree with an event.",
    "[1_000, 2_000, 4_000]",
    "[1_000, 2_000]",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "Of an AWS managed policy only the principal of the event counts.",
    'const policy = now.kind === "aws-managed" ? attachedTo(now, principal) : now;',
    "const policy = now;",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "Of two full inline texts it is known which one is in force.",
    "(isLikeGiven(document) && !violates(document))",
    "isLikeGiven(document)",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "After SetDefaultPolicyVersion only the version that it set agrees.",
    "document !== undefined && versionNumber(now.versionId)",
    "versionNumber(now.versionId)",
  ),

  // Decisions.
  core(
    "containment/decide.ts",
    "If the exemptions cannot be read, nothing is contained.",
    'return alert("the exemptions cannot be read, so nothing is contained");',
    "return decide(input, [], settings, nowMs);",
  ),
  core(
    "containment/decide.ts",
    "As many attachments as allowed are contained.",
    "plan.length > settings.maxAttachments",
    "plan.length >= settings.maxAttachments",
  ),
  core("containment/decide.ts", "Monitor mode contains nothing.", 'settings.mode === "monitor" ?', "false ?"),
  core(
    "containment/decide.ts",
    "A protected principal is passed over.",
    "!reserved.includes(attachment) && !untouchable.includes(attachment)",
    "!reserved.includes(attachment)",
  ),
  core(
    "containment/decide.ts",
    "An AWS managed policy is contained only where the settings say so.",
    'if (awsManaged === "alert") return',
    "if (false) return",
  ),
  core(
    "containment/decide.ts",
    "A conditional grant is contained only if its conditions always hold.",
    'contained.indexOf(vacuous ? "full" : name)',
    'contained.indexOf(name === "conditional-full" ? "full" : name)',
  ),
  core(
    "containment/decide.ts",
    "An exemption of one principal exempts no other.",
    "if (left.length === 0) return { ...exempt(covering)",
    "if (covering.length > 0) return { ...exempt(covering)",
  ),
  core(
    "containment/steps.ts",
    "Only what the guard removed is restored.",
    '.filter(({ outcome }) => outcome === "done")',
    "",
  ),
  core(
    "containment/steps.ts",
    "Two principals have two steps.",
    "isSamePrincipal(one.target.principal, other.target.principal) &&",
    "",
  ),
  core(
    "containment/decide.ts",
    "An alert on policies that are a violation only together says that a person decides.",
    'return "a person decides which of the policies to take away";',
    "return undefined;",
  ),
  core(
    "containment/steps.ts",
    "Policies that are a violation only together have no steps.",
    'if (policy.kind === "combined") return [];',
    'if (policy.kind === "combined") return [containmentStep({ ...policy, kind: "inline", document: "" }, policy.principal)];',
  ),
  core(
    "containment/steps.ts",
    "A principal that was created again has a step of its own.",
    "isSamePrincipal(one.target.principal, other.target.principal) &&",
    "isSamePrincipal({ ...one.target.principal, id: undefined }, other.target.principal) &&",
  ),
  core(
    "containment/decide.ts",
    "Monitor mode only alerts.",
    'settings.mode === "monitor" ? "monitor mode only alerts" : undefined',
    "undefined",
  ),
  core(
    "containment/decide.ts",
    "More attachments than allowed stop the containment.",
    "plan.length > settings.maxAttachments",
    "false",
  ),
  core(
    "containment/decide.ts",
    "Near-full is contained only where the settings say so.",
    "if (rank <= CONTAIN_AT.indexOf(containAt)) return undefined;",
    "return undefined;",
  ),
  core(
    "containment/decide.ts",
    "A role that only AWS can change has no step.",
    "!reserved.includes(attachment) && !untouchable.includes(attachment)",
    "!untouchable.includes(attachment)",
  ),
  core(
    "containment/decide.ts",
    "A document that cannot be evaluated is never contained.",
    'if (verdict.name === "invalid") return alert("the document cannot be evaluated, so a person has to look");',
    "",
  ),

  // The life of a finding.
  core(
    "findings/lifecycle.ts",
    "A contained finding cannot be resolved.",
    'contained: ["restored", "open", "exempt"],',
    'contained: ["restored", "open", "exempt", "resolved"],',
  ),
  core(
    "findings/lifecycle.ts",
    "A protected principal keeps a finding open.",
    'protected: "open"',
    'protected: "exempt"',
  ),
  core(
    "findings/lifecycle.ts",
    "A restored finding is open again after its exemption.",
    'return before === "open" || before === "containment-failed";',
    'return before !== "exempt";',
  ),
  core(
    "findings/lifecycle.ts",
    "A restored finding does not become exempt by another assessment.",
    'return before === "exempt" || before === "restored";',
    'return before === "exempt";',
  ),
  core(
    "findings/lifecycle.ts",
    "A retry of the same event does not reopen its finding.",
    "change.isRetry || isUnchanged(",
    "isUnchanged(",
  ),
  core(
    "findings/lifecycle.ts",
    "A reopened finding says when it was reopened.",
    "{ ...next.timing, reopenedAt: new Date(nowMs).toISOString() }",
    "next.timing",
  ),
  core(
    "findings/lifecycle.ts",
    "A failed step stays failed until one works.",
    '(now.state === "standing" && attachment.state === "failed")',
    "false",
  ),
  core(
    "findings/lifecycle.ts",
    "A new principal makes it no recurrence.",
    "recurrence !== undefined && more.length === 0 &&",
    "recurrence !== undefined &&",
  ),
  core(
    "findings/lifecycle.ts",
    "A step that was not tried has failed.",
    'ends.some((end) => end?.outcome === "failed") || isMissed',
    'ends.some((end) => end?.outcome === "failed")',
  ),
  core(
    "findings/lifecycle.ts",
    "A finding is contained at the time when its whole plan is done.",
    "plan.every((step) => isDone(outcomeOf(outcomes, step)))",
    "plan.some((step) => isDone(outcomeOf(outcomes, step)))",
  ),
  core(
    "findings/lifecycle.ts",
    "A principal with several steps is contained when each of them is done.",
    "ends.every(isDone)",
    "ends.some(isDone)",
  ),
  core(
    "aws/principal.ts",
    "Two steps of two principals of one name have two outcomes.",
    '`${principalKey(principal)}#${principal.id ?? ""}`',
    "`${principalKey(principal)}#`",
  ),
  guard(
    "assess.ts",
    "A finding of a principal that was created again is another finding.",
    "JSON.stringify(attachmentsOf(policy).map(principalIdentity).toSorted())",
    "JSON.stringify(attachmentsOf(policy).map(({ name }) => name).toSorted())",
  ),
  core(
    "findings/lifecycle.ts",
    "What was contained once more is notified once more.",
    "...(repeatedAt !== undefined && { reopenedAt: repeatedAt }),",
    "",
  ),
  core(
    "findings/lifecycle.ts",
    "A restore without a step that worked changes no finding.",
    "if (given.length === 0) return finding;",
    "",
  ),
  core(
    "findings/lifecycle.ts",
    "A resolved finding keeps what the guard contained.",
    'attachment.state === "contained" ? attachment : inState(attachment, "gone")',
    'inState(attachment, "gone")',
  ),
  guard(
    "records.ts",
    "A finding is a recurrence within an hour only.",
    "if (!isWithin(earlier, finding)) break;",
    "",
  ),
  core(
    "findings/correlate.ts",
    "A version not in force reports nothing of one in force.",
    "(earlier.notInForce === undefined) === (found.notInForce === undefined) &&",
    "",
  ),
  core(
    "findings/resolution.ts",
    "A finding of an AWS managed policy without principals is resolved.",
    'attachments.length === 0 && policy.kind === "managed"',
    "attachments.length === 0",
  ),
  core(
    "findings/resolution.ts",
    "What one policy is now does not resolve a finding of several together.",
    'if (finding.policy.kind === "combined") return undefined;',
    "",
  ),
  core(
    "findings/subject.ts",
    "The policies of a principal together are another subject than each of them.",
    "`${accountId}/combined/${principalKey(subject.principal)}`",
    "`${accountId}/${principalKey(subject.principal)}/${subject.principal.name}`",
  ),
  core(
    "findings/lifecycle.ts",
    "What is exempt, as it was, is not reopened.",
    'return before === "exempt" || before === "restored";',
    "return false;",
  ),
  core(
    "findings/lifecycle.ts",
    "What failed and is as it was is not reopened.",
    'return before === "open" || before === "containment-failed";',
    'return before === "open";',
  ),
  core(
    "findings/lifecycle.ts",
    "A reopened finding keeps its id.",
    "const next: Finding = { ...assessed, id, trigger, timing,",
    "const next: Finding = { ...assessed, trigger, timing,",
  ),
  core(
    "findings/lifecycle.ts",
    "A reopened finding keeps what it came from.",
    "const next: Finding = { ...assessed, id, trigger, timing,",
    "const next: Finding = { ...assessed, id, timing,",
  ),
  core(
    "findings/lifecycle.ts",
    "A principal that is gone is gone in a resolved finding.",
    'inState(attachment, "gone"),',
    "attachment,",
  ),
  core(
    "findings/lifecycle.ts",
    "A finding that was restored says until when.",
    'inState(attachment, "restored", until)',
    'inState(attachment, "restored")',
  ),
  core(
    "findings/lifecycle.ts",
    "A status that cannot follow is refused.",
    "!TRANSITIONS[finding.status].includes(next.status)",
    "false",
  ),
  core(
    "findings/correlate.ts",
    "A finding of another text reports nothing of this one.",
    "earlier.policy.documentSha256 === found.policy.documentSha256 &&",
    "",
  ),
  core(
    "findings/correlate.ts",
    "A principal that no longer has the policy is new when it gets it.",
    "amongPrincipals(earlier.attachments.filter(({ state }) => HAS_POLICY[state]))",
    "amongPrincipals(earlier.attachments)",
  ),
  core(
    "findings/correlate.ts",
    "The third time is notified, and its severity is raised.",
    "const NOTIFIED_AGAIN_AT = 3;",
    "const NOTIFIED_AGAIN_AT = 4;",
  ),
  core(
    "findings/correlate.ts",
    "A recurrence is notified once an hour.",
    "Date.parse(at) - Date.parse(toldAt) >= RECURRENCE_MS",
    "false",
  ),
  core(
    "findings/correlate.ts",
    "What comes back to another principal is no recurrence.",
    "later.attachments.every(amongPrincipals(earlier.attachments.filter(({ state }) => !HAS_POLICY[state])))",
    "true",
  ),
  core(
    "findings/resolution.ts",
    "A text that is still stored is not resolved.",
    "if (isStored) return undefined;",
    "",
  ),
  core(
    "findings/resolution.ts",
    "A finding whose principals are gone is resolved.",
    "return isAttached ? undefined :",
    "return true ? undefined :",
  ),
  core(
    "findings/next-steps.ts",
    "What was done needs no command.",
    "plan.filter((step) => !isDone(outcomeOf(outcomes, step)))",
    "plan",
  ),
  core(
    "findings/create-finding.ts",
    "A finding is of one account.",
    'shortId("kg", [settings.account.id, identityOf(policy), textSha256, origin])',
    'shortId("kg", [identityOf(policy), textSha256, origin])',
  ),
  core(
    "findings/create-finding.ts",
    "Another event is another finding.",
    'trigger.eventId === undefined ? [trigger.kind, discriminator ?? ""] : [trigger.eventId]',
    '[trigger.kind, discriminator ?? ""]',
  ),

  // Events.
  core(
    "events/read-api-call.ts",
    "Only AWS's own events are read.",
    'if (source !== "aws.iam")',
    "if (false)",
  ),
  core(
    "events/read-api-call.ts",
    "The account of the envelope is the record's.",
    "sender !== undefined && account !== undefined && sender !== account",
    "false",
  ),
  core(
    "events/read-api-call.ts",
    "A record with a problem is malformed.",
    "account === undefined || problems.length > 0",
    "account === undefined",
  ),
  core(
    "events/read-api-call.ts",
    "Parameters that CloudTrail cut are omitted.",
    "isGone(record.requestParameters) || isCut(record.requestParameters)",
    "isGone(record.requestParameters)",
  ),
  core(
    "events/read-api-call.ts",
    "A hidden document is no document.",
    "&& document !== HIDDEN && { document }",
    "&& { document }",
  ),
  core("events/read-api-call.ts", "A renamed principal has its new name.", "name: newName ?? name", "name"),

  // Verdicts.
  core(
    "evaluate/permissions.ts",
    "Full is also on other accounts' keys.",
    "this.#onAlmostAll(level, true) & this.#onAlmostAll(level, false)",
    "this.#onAlmostAll(level, true)",
  ),
  core(
    "evaluate/permissions.ts",
    "Half of the keys are enough.",
    "2n * namesIn(cells, level, question) >= this.#allNames",
    "2n * namesIn(cells, level, question) > this.#allNames",
  ),
  core(
    "evaluate/permissions.ts",
    "Multi-Region keys do not count.",
    "cell.own && cell.shape === 0",
    "cell.own",
  ),
  core(
    "evaluate/permissions.ts",
    "Many small exceptions together are an exception.",
    "part * NEGLIGIBLE >= total",
    "return false;",
  ),
  core(
    "evaluate/evaluate.ts",
    "What both readings say is the verdict.",
    "if (isAlike(narrow, wide)) return proven(narrow, subject, proof());",
    "",
  ),
  core(
    "evaluate/evaluate.ts",
    "What may be more under one reading is invalid.",
    "if (isAlike(narrow, wide)) return proven(narrow, subject, proof());",
    "return proven(wide, subject, proof());",
  ),
  core(
    "evaluate/grants.ts",
    "A Deny that no direct call escapes limits what is unconditional.",
    "const kept = ~(denied | limited);",
    "const kept = ~denied;",
  ),
  core(
    "evaluate/grants.ts",
    "A Deny that no direct call escapes leaves what is conditional.",
    "conditional: (unconditional | always | made | sometimes) & ~denied",
    "conditional: (unconditional | always | made | sometimes) & kept",
  ),
  core(
    "evaluate/grants.ts",
    "Denies that hold together at any time are one.",
    'if (decision === "always") denied |= actions;',
    "",
  ),
  core(
    "evaluate/grants.ts",
    "Allows that hold together at any time are one.",
    'if (holds === "always") always |= actions;',
    'if (holds === "always") sometimes |= actions;',
  ),
  core(
    "evaluate/grants.ts",
    "A principal makes a condition true only with an action that it has.",
    "(madeBy & tautological) !== 0n",
    "madeBy !== 0n",
  ),
  core(
    "evaluate/conditions/decide.ts",
    "Who can leave a header out is not limited by a Deny on it.",
    'key.role === "header" ? all : usual',
    "usual",
  ),
  core(
    "evaluate/conditions/decide.ts",
    "A grant that begins within a year counts.",
    "to: after(nowMs + YEAR_MS)",
    "to: after(nowMs)",
  ),
  core(
    "evaluate/conditions/outcomes.ts",
    "A condition on a property of the resource holds for every resource, or is a scope.",
    'given.push(key.role === "resource" ? all : usual)',
    "given.push(usual)",
  ),
  core(
    "evaluate/conditions/outcomes.ts",
    "What holds without the key counts where the key may be absent.",
    "usual: usual.absent ? new Set(usualPresent).add(whenAbsent) : usualPresent,",
    "usual: usualPresent,",
  ),
  core("evaluate/share.ts", "Limits that add up are not negligible.", "    sum += part;", ""),

  // Principals and their names.
  core("aws/principal.ts", "A principal that was created again is another.", "one.id !== other.id", "false"),
  core(
    "aws/principal.ts",
    "A principal whose id is not known is known by its name.",
    "one.id !== undefined && other.id !== undefined && one.id !== other.id",
    "one.id !== other.id",
  ),
  core(
    "aws/principal.ts",
    "IAM's names are the same in any case.",
    "`${type}/${name.toLowerCase()}`",
    "`${type}/${name}`",
  ),
  core(
    "aws/principal.ts",
    "A user and a role of one name are two principals.",
    "`${type}/${name.toLowerCase()}`",
    "name.toLowerCase()",
  ),
  core(
    "aws/principal.ts",
    "The guard's own roles are protected.",
    "[...settings.protectedPrincipals, ...settings.ownRoleArns]",
    "settings.protectedPrincipals",
  ),
  core(
    "aws/principal.ts",
    "A protected ARN of another path protects nobody else.",
    "return entry.toLowerCase() === attachment.arn.toLowerCase();",
    'return entry.split("/").at(-1)?.toLowerCase() === attachment.arn.split("/").at(-1)?.toLowerCase();',
  ),
  core(
    "aws/principal.ts",
    "A role of one's own with a reserved name can be changed: its path decides.",
    "if (arn === undefined) return name.startsWith(prefix);",
    "if (name.startsWith(prefix)) return true;",
  ),
  core(
    "aws/principal.ts",
    "A user with the name of a reserved role can be changed.",
    'if (attachment.type !== "role") return undefined;',
    "",
  ),

  // Untrusted text.
  core(
    "text/untrusted.ts",
    "A line of an alert stays one line.",
    'return text.replace(MISLEADING, " ").trim();',
    "return text.trim();",
  ),
  core(
    "text/untrusted.ts",
    "An apostrophe does not end a word of a command.",
    "text.replaceAll(\"'\", \"'\\\\''\")",
    "text",
  ),
  core(
    "containment/steps.ts",
    "A name that begins with a hyphen is no option.",
    'value.startsWith("-") ?',
    "false ?",
  ),

  // What a call may have changed.
  guard(
    "policies/load-affected-policies.ts",
    "A call on a principal may concern each of its inline policies.",
    "for (const policy of attached.inline) yield { policy };",
    "",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "One policy that cannot be read stops no other.",
    "if (policy instanceof Error) failures.push(policy);",
    "if (policy instanceof Error) throw policy;",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "A policy that cannot be read brings the event back.",
    "if (failures.length > 0)\n      throw new AggregateError",
    "if (false)\n      throw new AggregateError",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "If IAM cannot be read, a violation in the event is alerted on.",
    "if (seen !== undefined && violates(seen.document)) {",
    "if (false) {",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "From a text in the event only, nothing is concluded.",
    "iamUnavailable: true,",
    "",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "A deleted policy is not waited for.",
    "isRemoval(call) || (read !== undefined && isUpToDateWith(read, call))",
    "read !== undefined && isUpToDateWith(read, call)",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "A policy of a renamed principal is looked for in the account.",
    "if (now === undefined && (await policies.policiesOf(principal)) === undefined)",
    "if (false)",
  ),
  guard(
    "policies/load-affected-policies.ts",
    "A harmless text that is not in force is nothing.",
    "if (document === undefined || !violates(document)) return;",
    "if (document === undefined) return;",
  ),
  guard(
    "policies/read-policy.ts",
    "A policy of a scan keeps the ARNs that only the scan has.",
    "scanned.attachments.find((other) => isSamePrincipal(other, attachment)) ?? attachment",
    "attachment",
  ),
  guard(
    "policies/read-policy.ts",
    "A role whose name is not reserved is not read.",
    "if (attachment.arn !== undefined || reservedRole(attachment) === undefined) return attachment;",
    "if (attachment.arn !== undefined) return attachment;",
  ),
  guard(
    "policies/account-scan.ts",
    "A scan that is not whole ends no finding.",
    "if (!this.isWhole) return [];",
    "",
  ),
  guard(
    "policies/account-scan.ts",
    "A dormant version that a finding reports is not notified.",
    "({ document }) => !known.some(({ finding }) => reportsDormant(finding, document)),",
    "() => true,",
  ),
  guard(
    "enrich.ts",
    "At most 25 principals are read for an alert.",
    "const MOST_PRINCIPALS = 25;",
    "const MOST_PRINCIPALS = 26;",
  ),
  guard(
    "enrich.ts",
    "What cannot be read is left out of an alert.",
    "policies.principalDetails(attachment).catch(() => undefined)",
    "policies.principalDetails(attachment)",
  ),
  guard(
    "enrich.ts",
    "A version is compared with the one before it.",
    '(creates === "version" ? others.find(isOlder) : undefined) ?? others[0]',
    "others[0]",
  ),
  guard("enrich.ts", "A long diff is cut.", "const LONGEST_DIFF = 8_000;", "const LONGEST_DIFF = 8_000_000;"),

  // The drill and the replay.
  guard(
    "drill/clean-up.ts",
    "What was perhaps made is removed too.",
    "made.role === undefined ? []",
    'made.role !== "surely" ? []',
  ),
  guard(
    "drill/clean-up.ts",
    "What is there surely is looked for again.",
    "const DOUBTED_ROUNDS = 2;",
    "const DOUBTED_ROUNDS = 0;",
  ),
  guard(
    "drill/drill.ts",
    "A drill that breaks removes what it made.",
    "const left = await cleanUp(ports.canary, run.made, ports.clock);",
    "const left = await cleanUp(ports.canary, {}, ports.clock);",
  ),
  guard(
    "drill/drill.ts",
    "A containment of which IAM shows nothing is none.",
    "if (await this.#ports.canary.isAttached()) {",
    "if (false) {",
  ),
  guard(
    "drill/drill.ts",
    "A clock that is behind says nothing.",
    "knownMs !== undefined && knownMs >= calledAtMs",
    "knownMs !== undefined",
  ),
  guard(
    "replay/seen-records.ts",
    "A record without an id is no copy.",
    "if (eventId === undefined) return false;",
    "",
  ),
  guard(
    "replay/seen-records.ts",
    "Two records of one id and different content are two.",
    "...parts.map((name) => memberOf(record, name))",
    "",
  ),
  guard(
    "replay/time-window.ts",
    "What comes after something younger was released is late.",
    "return item.time !== undefined && item.time < this.#released;",
    "return false;",
  ),
  guard(
    "replay/replay.ts",
    "A copy of a record is dropped.",
    "} else if (seen.isCopy(record)) {",
    "} else if (false) {",
  ),

  // Watching the guard.
  guard(
    "doctor/event-path.ts",
    "A rule that is disabled fails.",
    'if (!rule.state.startsWith("ENABLED")) {',
    "if (false) {",
  ),
  guard(
    "doctor/event-path.ts",
    "A pattern in another order is the same.",
    "`[${value.map(canonical).toSorted().join()}]`",
    "`[${value.map(canonical).join()}]`",
  ),
  guard(
    "doctor/event-path.ts",
    "A rule that lacks a call is named with the call.",
    "wanted.detail.eventName.filter((name) => !names.includes(name))",
    "[]",
  ),
  guard(
    "doctor/event-path.ts",
    "Only this rule may invoke the function.",
    "(conditions === undefined || sources.includes(ruleArn))",
    "true",
  ),
  guard(
    "doctor/event-path.ts",
    "A permission of another service is none for the rule.",
    'textsOf(memberOf(memberOf(statement, "Principal"), "Service")).includes("events.amazonaws.com") &&',
    "",
  ),
  guard(
    "doctor/event-path.ts",
    "A function without concurrency is kept from running.",
    "if (reservedConcurrency === 0) {",
    "if (false) {",
  ),
  guard(
    "doctor/event-path.ts",
    "A function in another mode than deployed fails.",
    "mode !== undefined && mode !== deployment.mode",
    "false",
  ),
  guard(
    "doctor/event-path.ts",
    "A target without dead letters fails.",
    "if (target.deadLettersArn === undefined) {",
    "if (false) {",
  ),
  guard(
    "doctor/notifications.ts",
    "Who has not confirmed the subscription gets nothing.",
    "if (pending.length > 0) {",
    "if (false) {",
  ),
  guard(
    "doctor/notifications.ts",
    "A subscription that was deleted is none.",
    'subscription.arn !== "Deleted"',
    "true",
  ),
  guard(
    "doctor/notifications.ts",
    "An alarm that notifies nobody is a warning.",
    "if (silent.length > 0) {",
    "if (false) {",
  ),
  guard(
    "doctor/notifications.ts",
    "A table without point-in-time recovery is a warning.",
    "if (!hasRecovery) {",
    "if (false) {",
  ),
  guard(
    "doctor/notifications.ts",
    "That the last event cannot be read is no failure.",
    'state: "warning" };',
    'state: "fail" };',
  ),
  guard(
    "doctor/rights.ts",
    "A role with more than it needs fails.",
    "...difference(role.granted, role.expected),",
    "",
  ),
  guard(
    "doctor/rights.ts",
    "A role with less than it needs fails.",
    "const lacks = difference(role.expected, role.granted);",
    "const lacks: readonly string[] = [];",
  ),
  guard(
    "doctor/rights.ts",
    "A boundary is a warning.",
    "if (role?.boundaryArn === undefined) return",
    "if (true) return",
  ),

  // What an alert says.
  core(
    "notifications/compose.ts",
    "An alert on what somebody did names the caller's role.",
    '...known("Role of the session", actor.roleArn),',
    "",
  ),
  core(
    "notifications/compose.ts",
    "That CloudTrail does not say whether there was MFA is said.",
    'actor.mfa === undefined ? "not recorded by CloudTrail" : ',
    "",
  ),
  core(
    "notifications/compose.ts",
    "A containment says who still has the policy.",
    "left > 0 ? `; ${left} still",
    "false ? `; ${left} still",
  ),
  core(
    "notifications/compose.ts",
    "An alert of a sweep says that the event was missed.",
    'trigger.kind === "sweep" ? MISSED : ""',
    '""',
  ),
  core(
    "notifications/compose.ts",
    "A resolution by the guard itself names the guard.",
    'if (trigger === undefined) return [fact("Resolved by", `the guard, ${at}`)];',
    "if (trigger === undefined) return [];",
  ),
  core(
    "notifications/compose.ts",
    "A fact is one line.",
    "return { label, value: oneLine(value) };",
    "return { label, value };",
  ),
  core(
    "notifications/compose.ts",
    "A verdict whose conditions always hold says so.",
    'vacuous ? " (its conditions always hold)" : ""',
    '""',
  ),
  core(
    "notifications/sections.ts",
    "A long section says how much more there is.",
    "...(more > 0 ? [`and ${more} more`] : []),",
    "",
  ),
  core(
    "notifications/sections.ts",
    "What was not done is said with the reason.",
    'if (finding.decision.action !== "contain") return [finding.decision.reason];',
    "",
  ),
  core(
    "notifications/sections.ts",
    "What a containment does not undo is said.",
    'section("What containment does not undo", survivors(finding)),',
    "",
  ),
  core(
    "notifications/sections.ts",
    "A finding that has ended says nothing of what was not done.",
    "if (NEEDS_NOTHING[finding.status]) return [];",
    "",
  ),
  core(
    "findings/next-steps.ts",
    "A contained finding has no list of policies to choose from.",
    'status === "contained"',
    "false",
  ),
  core(
    "findings/next-steps.ts",
    "What is more than ten commands is counted.",
    "...(more > 0 ?",
    "...(false ?",
  ),
  core(
    "exemptions/exemption.ts",
    "An exemption has an end within a year.",
    "days <= MAX_EXEMPTION_DAYS",
    "days <= 10 * MAX_EXEMPTION_DAYS",
  ),
  core("exemptions/exemption.ts", "An exemption has an owner.", '...lengthProblem("owner", owner),', ""),
  core(
    "exemptions/exemption.ts",
    "Another person's exemption is another one.",
    "[account, policy, principal, documentSha256, by, createdAt]",
    "[account, policy, principal, documentSha256, createdAt]",
  ),
];
