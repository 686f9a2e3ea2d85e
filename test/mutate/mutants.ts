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
    "JSON.stringify(attachmentsOf(policy).map(principalKey).toSorted())",
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
    "A protected principal stops the containment.",
    "protectedObstacle(left, settings) ??",
    "",
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
    "principalKey(one.target.principal) === principalKey(other.target.principal) &&",
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
    "containment/steps.ts",
    "Two steps of two principals of one name have two outcomes.",
    'const { id = "" } = target.principal;',
    'const id = "";',
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
    "return lacking * NEGLIGIBLE >= total;",
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
    "A holder makes a condition true only with an action that it has.",
    "(madeBy & tautological) !== 0n",
    "madeBy !== 0n",
  ),
  core("evaluate/share.ts", "Limits that add up are not negligible.", "    sum += part;", ""),
];
