/** A JSON object, as `JSON.parse` makes them. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value where it is a list, otherwise an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a JSON object is, told by its members alone. */
export type Shape =
  /** A policy document itself. */
  | { readonly kind: "document" }
  /** `{"id","document"}` or `{"id","raw"}`: a document, as text or parsed. */
  | { readonly kind: "case"; readonly document: unknown }
  /** `aws iam get-policy-version` */
  | { readonly kind: "policy-version"; readonly document: unknown }
  /** `aws iam get-role-policy`, `get-user-policy`, `get-group-policy` */
  | { readonly kind: "inline-policy"; readonly document: unknown }
  /** `aws iam get-account-authorization-details`, one page */
  | { readonly kind: "account-details"; readonly page: JsonObject };

const DETAIL_LISTS = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];
const LANGUAGE_VERSIONS: readonly unknown[] = ["2012-10-17", "2008-10-17"];

/** Recognises one of the shapes, or answers `undefined` for JSON that is something else. */
export function shapeOf(value: unknown): Shape | undefined {
  if (!isJsonObject(value)) return undefined;
  if (looksLikeDocument(value)) return { kind: "document" };
  if (typeof value.raw === "string") return { kind: "case", document: value.raw };
  if ("document" in value) return { kind: "case", document: value.document };
  if (isJsonObject(value.PolicyVersion)) {
    return { kind: "policy-version", document: value.PolicyVersion.Document };
  }
  if ("PolicyDocument" in value && typeof value.PolicyName === "string") {
    return { kind: "inline-policy", document: value.PolicyDocument };
  }
  if (DETAIL_LISTS.some((name) => Array.isArray(value[name]))) {
    return { kind: "account-details", page: value };
  }
  return undefined;
}

/** Also what was meant as one: `statement` in lower case is no policy to IAM, and not something else either. */
function looksLikeDocument(value: JsonObject): boolean {
  if (Object.keys(value).some((key) => key.toLowerCase() === "statement")) return true;
  return LANGUAGE_VERSIONS.includes(value.Version);
}

/** The `id` that its owner gave it, whatever its shape: a policy that cannot be read is missed by its name, too. */
export function ownIdOf(value: unknown): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id } = value;
  return (typeof id === "string" && id !== "") || typeof id === "number" ? String(id) : undefined;
}
