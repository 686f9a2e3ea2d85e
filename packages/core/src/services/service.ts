/** One action of a service, as the service authorization reference lists it. */
export interface ServiceAction {
  /** Without the prefix: `Decrypt`. */
  readonly name: string;
  readonly accessLevel: string;
  /** The resource types it can be granted on; none means a global action: `Resource: "*"` only. */
  readonly resources: readonly string[];
}

/** One kind of resource of a service. */
export interface ResourceType {
  /** As the actions name it: `key`. */
  readonly type: string;
  /** What the part of its ARNs after the account begins with: `key/`. */
  readonly prefix: string;
  /**
   * What follows the prefix, each shape an equal part of all resources: the characters that may be at each
   * place. Where AWS makes up names, a pattern that covers part of them covers that part of the resources. Where people
   * choose them, one name that no policy has a reason to write is the example of all.
   */
  readonly shapes: readonly (readonly string[])[];
}

/** The resources that the guard is about. */
export interface GuardedResource extends ResourceType {
  /** As texts name one and several: `key`, `keys`. */
  readonly one: string;
  readonly many: string;
  /** What may follow the prefix where a policy names one resource. */
  readonly name: RegExp;
  /** True where a pattern with a wildcard means resources that people have named alike: `secret:prod/*`. */
  readonly isNamedByPeople: boolean;
  /** True where rights on resources of other accounts are worth something: they are made to be shared. */
  readonly isShared: boolean;
}

/** Values of a condition key. `absent`: requests without the key. */
export interface ConditionValues {
  readonly absent?: boolean;
  /** Globs of the values: `*` is any. `${account}` and `${partition}` are those of the principals. */
  readonly present?: readonly string[];
}

/** What is known of a condition key. Only `text` operators read a value that is not of their type. */
export interface ConditionKey {
  /**
   * Who decides on the value. `given`: the principal, the network, the call and its parameters. `header`: the caller
   * sends what he likes. `resource`: a property of the resource. `time`: the clock.
   */
  readonly role: "given" | "header" | "resource" | "time";
  /** Without one, nobody knows: operators of every type may read it. */
  readonly type?: "text" | "number" | "date" | "address";
  /** In direct calls, on an ordinary resource. */
  readonly usual: ConditionValues;
  /** The values beside those: in calls through a service, on other resources. */
  readonly other?: ConditionValues;
  readonly isMultiValued?: boolean;
  /** The actions that change it: to some value, or to none. */
  readonly madeBy?: { readonly present: readonly string[]; readonly absent: readonly string[] };
}

/** The condition keys of a service, lower case; one that ends in `/` or `:` is a family. */
export interface ConditionKeys {
  /** Those of the service of which more is known than that they may be absent or have any value. */
  readonly keys: Readonly<Record<string, ConditionKey>>;
  /** Those that are the caller's account, and always present. */
  readonly callerAccount: readonly string[];
}

/** What a principal may have done with its rights that stays when they are taken away. */
export interface Aftermath {
  /** A plural subject: `KMS grants and key policies`. */
  readonly what: string;
  /** The calls that made it, by their event names in CloudTrail. */
  readonly eventNames: readonly string[];
}

/** One thing that somebody can do to every resource, by any one of these actions. */
export interface Power {
  /** As texts say it: `hand over`. */
  readonly name: string;
  readonly actions: readonly string[];
}

export interface Escalation {
  readonly needs: readonly (readonly string[])[];
  readonly severity: "HIGH" | "MEDIUM";
  /** What a principal that has them can do: `can give itself and others every right on them`. */
  readonly how: string;
}

/** A service whose full grants the guard looks for: all that the evaluation knows of it. */
export interface GuardedService {
  /** The prefix in actions and ARNs, lower case, and the `service` of findings: `kms`. */
  readonly prefix: string;
  /** `KMS`. */
  readonly title: string;
  readonly actions: readonly ServiceAction[];
  /** What makes a grant as good as full: reading, handing over and destroying everything, each by any of its actions. */
  readonly powers: readonly Power[];
  /** The actions that give a principal all others on the resource, beside any use of it. */
  readonly selfGrant: { readonly by: readonly string[]; readonly beside: readonly string[] };
  /** What gives a principal or others the rest: one action of each list. */
  readonly escalations: readonly Escalation[];
  /** What the core actions work on. */
  readonly resource: GuardedResource;
  /** What some actions take beside it. */
  readonly otherResources: readonly ResourceType[];
  /** The most characters of an ARN. */
  readonly longestArn: number;
  readonly conditionKeys: ConditionKeys;
  readonly aftermath: Aftermath;
}

/** So many places, each with these characters. */
export function places(length: number, characters: string): readonly string[] {
  return Array.from({ length }, () => characters);
}
