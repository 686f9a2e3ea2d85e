import { isJsonObject, type JsonObject } from "./json-object.ts";

/** What a JSON object is, told by its members alone. */
export type Shape =
  /** A policy document itself. */
  | { readonly kind: "document" }
  /** `{"id","document"}` or `{"id","raw"}`: a document, as text or parsed, with the name that its owner gave it. */
  | { readonly kind: "case"; readonly id?: string; readonly document: unknown }
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
  if (typeof value.raw === "string") return named(value.id, value.raw);
  if ("document" in value) return named(value.id, value.document);
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

function named(id: unknown, document: unknown): Shape {
  const isName = (typeof id === "string" && id !== "") || typeof id === "number";
  return isName ? { kind: "case", id: String(id), document } : { kind: "case", document };
}
