/** The codes that IAM refuses with, as its API has them. */
export type IamErrorCode =
  | "NoSuchEntity"
  | "EntityAlreadyExists"
  | "DeleteConflict"
  | "UnmodifiableEntity"
  | "LimitExceeded"
  | "Throttling"
  | "ServiceFailure"
  | "AccessDenied";

/** A refusal of the model account, named like IAM's own. */
export class IamError extends Error {
  override readonly name: IamErrorCode;

  constructor(code: IamErrorCode, message: string) {
    super(message);
    this.name = code;
  }
}
