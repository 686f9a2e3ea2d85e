import type { Rendered } from "@kms-guard/sandbox/render/render.ts";

/** The inputs of the resource of that name. @throws Error where there is not exactly one. */
export function inputsOf({ resources }: Rendered, name: string): Readonly<Record<string, unknown>> {
  const [only, ...others] = resources.filter((resource) => resource.name === name);
  if (only !== undefined && others.length === 0) return only.inputs;
  const names = resources.map((resource) => resource.name).toSorted();
  throw new Error(`not one resource is called ${name} among ${names.join(", ")}`);
}

/** The inputs of every resource of a type, such as `aws:iam/role:Role`. */
export function allOf({ resources }: Rendered, type: string): readonly Readonly<Record<string, unknown>>[] {
  return resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs);
}

/** An input that is JSON text, read. */
export function json(text: unknown): unknown {
  return JSON.parse(String(text));
}
