/** A JSON object, as `JSON.parse` returns it. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a list, otherwise an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a JSON object is, by its members. */
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

/** The shape of a JSON value, or `undefined` for other JSON. */
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

/** Also recognises a mistyped document: with `statement` in lower case, IAM refuses it, but a policy was meant. */
function looksLikeDocument(value: JsonObject): boolean {
  if (Object.keys(value).some((key) => key.toLowerCase() === "statement")) return true;
  return LANGUAGE_VERSIONS.includes(value.Version);
}

/** The `id` member of any shape, so that a policy that cannot be read has a name. */
export function ownIdOf(value: unknown): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id } = value;
  return (typeof id === "string" && id !== "") || typeof id === "number" ? String(id) : undefined;
}
