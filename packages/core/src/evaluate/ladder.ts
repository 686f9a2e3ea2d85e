import { type ActionCatalogue, type ActionSet, actionNames, hasAny, hasEvery } from "./action-set.ts";
import type { Level } from "./grants.ts";
import type { Permissions, Question } from "./permissions.ts";
import type { ServiceStatement } from "./service-statements.ts";
import { type Share, shareInWords } from "./share.ts";
import type { Verdict } from "./verdict.ts";

/** A verdict before its proof. */
export type Judgement = Pick<
  Verdict,
  "name" | "vacuous" | "severity" | "reason" | "missingActions" | "share"
>;

/** The first rung that holds of what is granted; "unknown" where there are too many single resources to look at each. */
export function judge(
  permissions: Permissions,
  statements: readonly ServiceStatement[],
  catalogue: ActionCatalogue,
): Judgement | "unknown" {
  return new Ladder(permissions, statements, catalogue).judge();
}

class Ladder {
  readonly #permissions: Permissions;
  readonly #statements: readonly ServiceStatement[];
  readonly #catalogue: ActionCatalogue;

  constructor(permissions: Permissions, statements: readonly ServiceStatement[], catalogue: ActionCatalogue) {
    this.#permissions = permissions;
    this.#statements = statements;
    this.#catalogue = catalogue;
  }

  judge(): Judgement | "unknown" {
    return (
      this.#unconditional() ??
      this.#underConditions() ??
      this.#escalation() ??
      this.#scoped() ?? { name: "none", vacuous: false, reason: this.#notEnough(), missingActions: [] }
    );
  }

  #unconditional(): Judgement | undefined {
    const { names, service } = this.#catalogue;
    const rank = this.#rank("unconditional");
    if (rank === undefined) return undefined;
    if (rank === "full") {
      const reason = `allows all ${names.length} ${service.title} actions on every ${service.resource.one}, without a condition`;
      return { name: "full", vacuous: false, severity: "CRITICAL", reason, missingActions: [] };
    }
    return {
      name: "near-full",
      vacuous: false,
      severity: "CRITICAL",
      reason: `allows ${this.#amountingTo("unconditional")}`,
      missingActions: this.#missing("unconditional"),
      share: this.#share("unconditional").total,
    };
  }

  #underConditions(): Judgement | undefined {
    const { service } = this.#catalogue;
    const tautological = this.#rank("tautological");
    if (tautological !== undefined) {
      return {
        name: "conditional-full",
        vacuous: true,
        severity: "CRITICAL",
        reason: `allows ${this.#whatOf(tautological, "tautological")} under conditions that are always true`,
        missingActions: this.#missing("tautological"),
      };
    }
    const selfMade = this.#rank("selfMade");
    if (selfMade !== undefined) {
      return {
        name: "escalation",
        vacuous: false,
        severity: "HIGH",
        reason: `allows ${this.#whatOf(selfMade, "selfMade")} under conditions that the principal itself can make true: ${this.#selfMadeConditions()}`,
        missingActions: this.#missing("selfMade"),
      };
    }
    const conditional = this.#rank("conditional");
    if (conditional === undefined) return undefined;
    const when = conditionsIn(this.#statements, service.title);
    return {
      name: "conditional-full",
      vacuous: false,
      severity: "HIGH",
      reason: `allows ${this.#whatOf(conditional, "conditional")}${when}`,
      missingActions: this.#missing("conditional"),
    };
  }

  #escalation(): Judgement | undefined {
    const found = this.#escalationWhere((question) => this.#permissions.onHalf("tautological", question));
    if (found === undefined) return undefined;
    return {
      name: "escalation",
      vacuous: false,
      severity: found.severity,
      reason: found.reason,
      missingActions: [],
    };
  }

  /** The first way to give oneself the rest that is granted where it matters. */
  #escalationWhere(isGranted: (question: Question) => boolean) {
    const { escalations, service } = this.#catalogue;
    for (const [index, { needs, severity }] of escalations.entries()) {
      const question: Question = (granted) => needs.every((each) => hasAny(granted, each));
      if (!isGranted(question)) continue;
      const { how = "", needs: written = [] } = service.escalations[index] ?? {};
      const actions = written.map((names) => names.map((name) => `${service.prefix}:${name}`).join(" or "));
      const on = this.#shareInWords("tautological", question);
      const reason = `allows ${actions.join(" and ")} on ${on}: with this, a principal ${how}`;
      return { question, severity, reason };
    }
    return undefined;
  }

  /** Of what is granted on a part of the resources, that with the largest part. */
  #scoped(): Judgement | "unknown" | undefined {
    const parts = [
      this.#onParts(this.#everyAction),
      this.#onParts(this.#everyPower),
      this.#twoPowers(),
      ...this.#onHalfOfAll(),
      this.#selectedByConditions(),
    ];
    const found = parts.filter((part) => typeof part === "object");
    const largest = Math.max(...found.map(({ share = 0 }) => share));
    const isUnknown = parts.includes("unknown");
    return found.find(({ share = 0 }) => share === largest) ?? (isUnknown ? "unknown" : undefined);
  }

  #onParts(question: Question): Judgement | "unknown" | undefined {
    const found = this.#permissions.example("tautological", question);
    if (found === "none") return undefined;
    if (found === "unknown") return found;
    return this.#scopedTo(`allows ${this.#onSome(question, found.own)}, such as ${found.arn}`, question);
  }

  /** What a condition selects by properties of the resource: nobody knows how large a part that is. */
  #selectedByConditions(): Judgement | "unknown" | undefined {
    const { one, many } = this.#catalogue.service.resource;
    const scopes = this.#statements.filter(({ onSomeResources }) => onSomeResources);
    for (const question of [this.#everyAction, this.#everyPower]) {
      const found = this.#permissions.example("scoped", question);
      if (found === "unknown") return found;
      if (found === "none") continue;
      const what = question === this.#everyAction ? `every ${one} action` : this.#doing(question, `a ${one}`);
      return {
        name: "scoped-full",
        vacuous: false,
        severity: "MEDIUM",
        reason: `allows ${what}, only on ${many} for which ${holding(conditionsOf(scopes))}, such as ${found.arn}`,
        missingActions: [],
      };
    }
    return undefined;
  }

  #scopedTo(reason: string, question: Question, level: Level = "tautological"): Judgement {
    return scopedFull(reason, this.#permissions.share(level, question));
  }

  /** The smallest of the parts that questions asked each by itself have. */
  #shareOfEach(level: Level, questions: readonly Question[]): Share {
    const shares = questions.map((question) => this.#permissions.share(level, question));
    return shares.reduce((least, share) => (share.total < least.total ? share : least));
  }

  #twoPowers(): Judgement | undefined {
    const { powers, service } = this.#catalogue;
    const onHalf = powers.flatMap((power, index) => {
      const question: Question = (granted) => hasAny(granted, power);
      if (!this.#permissions.onHalfOfAll("tautological", question)) return [];
      return [{ question, name: service.powers[index]?.name }];
    });
    if (onHalf.length < 2) return undefined;
    const share = this.#shareOfEach(
      "tautological",
      onHalf.map(({ question }) => question),
    );
    const names = onHalf.map(({ name }) => `to ${name}`).join(" and ");
    const on = shareInWords(share, service.resource);
    return scopedFull(`allows two of the three powers, ${names}, each on ${on}`, share);
  }

  /** Not every action, not everywhere, not always: each hole alone would be reported, so several are too. */
  #onHalfOfAll(): Judgement[] {
    const { resource, title } = this.#catalogue.service;
    const conditional = [this.#everyPower, this.#selfGrant].flatMap((question) => {
      if (!this.#permissions.onHalfOfAll("conditional", question)) return [];
      const on = shareInWords(this.#permissions.share("conditional", question), resource);
      const when = conditionsIn(this.#statements, title);
      return [this.#scopedTo(`allows ${this.#doing(question, on)}${when}`, question, "conditional")];
    });
    const found = this.#escalationWhere((question) =>
      this.#permissions.onHalfOfAll("tautological", question),
    );
    return found === undefined ? conditional : [...conditional, this.#scopedTo(found.reason, found.question)];
  }

  readonly #everyAction: Question = (granted) => hasEvery(granted, this.#catalogue.onResourceOnly);

  readonly #everyPower: Question = (granted) =>
    this.#catalogue.powers.every((power) => hasAny(granted, power));

  readonly #selfGrant: Question = (granted) => {
    const { by, beside } = this.#catalogue.selfGrant;
    return hasAny(granted, by) && hasAny(granted, beside);
  };

  #rank(level: Level): "full" | "near-full" | undefined {
    const isNearFull =
      this.#catalogue.powers.every((power) =>
        this.#permissions.onHalf(level, (granted) => hasAny(granted, power)),
      ) || this.#permissions.onHalf(level, this.#selfGrant);
    if (!isNearFull) return undefined;
    return this.#permissions.isOnAll(level) ? "full" : "near-full";
  }

  #whatOf(rank: "full" | "near-full", level: Level): string {
    const { service } = this.#catalogue;
    return rank === "full"
      ? `all ${service.title} actions on every ${service.resource.one}`
      : this.#amountingTo(level);
  }

  /** What near-full is: the powers, or the one action that gives them. */
  #amountingTo(level: Level): string {
    const question = this.#nearFull(level);
    const missing = question === this.#selfGrant ? [] : this.#missing(level);
    const lacks = missing.length === 0 ? "" : `, ${without(missing, this.#catalogue)}`;
    const on = shareInWords(this.#share(level), this.#catalogue.service.resource);
    return `${this.#doing(question, on)}${lacks}`;
  }

  #doing(question: Question, on: string): string {
    if (question === this.#everyPower) return `what is needed to ${this.#powers()} ${on}`;
    const { service, selfGrant } = this.#catalogue;
    const by = actionNames(selfGrant.by, this.#catalogue).join(" or ");
    return `${by} and the use of ${service.resource.many}, enough for a principal to give itself the rest, on ${on}`;
  }

  #hasPowers(level: Level): boolean {
    return this.#catalogue.powers.every((power) =>
      this.#permissions.onHalf(level, (granted) => hasAny(granted, power)),
    );
  }

  #nearFull(level: Level): Question {
    return this.#hasPowers(level) ? this.#everyPower : this.#selfGrant;
  }

  /** Of near-full: the powers are asked each by itself. */
  #share(level: Level): Share {
    if (!this.#hasPowers(level)) return this.#permissions.share(level, this.#selfGrant);
    return this.#shareOfEach(
      level,
      this.#catalogue.powers.map((power) => (granted) => hasAny(granted, power)),
    );
  }

  #shareInWords(level: Level, question: Question): string {
    return shareInWords(this.#permissions.share(level, question), this.#catalogue.service.resource);
  }

  /** `read, hand over and destroy`. */
  #powers(): string {
    const names = this.#catalogue.service.powers.map(({ name }) => name);
    return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  }

  /** `every key action on all keys of 1 of 17 Regions`. */
  #onSome(question: Question, own: boolean): string {
    const { resource } = this.#catalogue.service;
    const share = this.#permissions.share("tautological", question);
    const on =
      share.total > 0
        ? shareInWords(share, resource)
        : `some ${resource.many}${own ? "" : " of other accounts"} only`;
    return question === this.#everyAction
      ? `every ${resource.one} action on ${on}`
      : this.#doing(question, on);
  }

  /** The actions that are not granted on half of the resources, on another that they take too, or on `*`. */
  #missing(level: Level): string[] {
    const { names, onResource, onOthers, global } = this.#catalogue;
    let onOwn = 0n;
    for (let index = 0; index < names.length; index += 1) {
      const bit = 1n << BigInt(index);
      if (hasAny(onResource, bit) && this.#permissions.onHalf(level, (granted) => hasAny(granted, bit)))
        onOwn |= bit;
    }
    const missing = this.#permissions
      .onOthers(level)
      .map((granted, index) => (onOthers[index] ?? 0n) & ~granted)
      .reduce((sum, set) => sum | set, (onResource & ~onOwn) | (global & ~this.#permissions.onStar(level)));
    return actionNames(missing, this.#catalogue);
  }

  #selfMadeConditions(): string {
    const made = this.#statements.filter(({ madeBy }) => madeBy !== undefined);
    const by = made.reduce<ActionSet>(
      (set, { madeBy }) => set | (typeof madeBy === "bigint" ? madeBy : 0n),
      0n,
    );
    const actions = actionNames(by, this.#catalogue);
    const written = listed(conditionsOf(made));
    return actions.length === 0 ? written : `${written}, by ${actions.join(" or ")}`;
  }

  #notEnough(): string {
    const { service } = this.#catalogue;
    return `what it allows and does not deny never amounts to full rights on a ${service.resource.one}`;
  }
}

/** HIGH from half of the Regions on. */
function scopedFull(reason: string, { parts, total }: Share): Judgement {
  const regions = parts.filter(({ part }) => part >= 0.5).length;
  const severity = 2 * regions >= parts.length ? "HIGH" : "MEDIUM";
  return { name: "scoped-full", vacuous: false, severity, reason, missingActions: [], share: total };
}

function without(actions: readonly string[], { names, service }: ActionCatalogue): string {
  return `but not ${actions.length <= 3 ? actions.join(", ") : `${actions.length} of the ${names.length} ${service.title} actions`}`;
}

/** ` when Bool aws:MultiFactorAuthPresent holds`. */
function conditionsIn(statements: readonly ServiceStatement[], title: string): string {
  const allows = statements.filter(
    ({ statement, allows, onSomeResources }) =>
      statement.effect === "Allow" && allows === "sometimes" && !onSomeResources,
  );
  const limiting = statements.filter(
    ({ statement, denies }) => statement.effect === "Deny" && denies === "limits",
  );
  const when = allows.length === 0 ? "" : ` when ${holding(conditionsOf(allows))}`;
  const unless =
    limiting.length === 0
      ? ""
      : `, but not in direct ${title} calls, which a Deny with ${listed(conditionsOf(limiting))} takes away`;
  return when + unless;
}

function conditionsOf(statements: readonly ServiceStatement[]): readonly string[] {
  const written = statements.flatMap(({ statement }) =>
    statement.conditions.map(({ operator, key }) => `${operator} ${key}`),
  );
  return [...new Set(written)];
}

/** `Bool aws:SecureTransport holds`. */
function holding(conditions: readonly string[]): string {
  return `${listed(conditions)} ${conditions.length === 1 ? "holds" : "hold"}`;
}

function listed(distinct: readonly string[]): string {
  return `${distinct.slice(0, 3).join(" and ")}${distinct.length > 3 ? " and others" : ""}`;
}
