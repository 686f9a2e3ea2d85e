/** One action of a service, as the service authorization reference lists it. */
export interface ServiceAction {
  /** Without the prefix: `Decrypt`. */
  readonly name: string;
  readonly accessLevel: string;
  /** The resource types it can be granted on; none means `Resource: "*"` only. */
  readonly resources: readonly string[];
}

/** A service whose full grants the guard looks for. */
export interface GuardedService {
  /** The prefix in actions, lower case: `kms`. */
  readonly prefix: string;
  readonly title: string;
  readonly actions: readonly ServiceAction[];
  /** The actions that make a grant as good as full: reading, giving away and destroying everything. */
  readonly core: readonly string[];
  /** Why full rights matter, for the alert. */
  readonly why: string;
}
