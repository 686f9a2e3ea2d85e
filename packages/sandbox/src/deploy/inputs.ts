import { memberOf, textOf } from "@kms-guard/core/events/cloudtrail-record.ts";
import type { RenderedResource } from "../render/render.ts";

/** Of a rendered resource: named as Pulumi's provider names them. */
export type Inputs = RenderedResource["inputs"];

/** An input that has to be there. @throws Error that names it. */
export function textIn(inputs: Inputs, name: string): string {
  const value = textOf(memberOf(inputs, name));
  if (value === undefined) throw new Error(`the stacks render a resource without \`${name}\``);
  return value;
}

/** The elements of an input that is a list, and none where it is absent. */
export function listIn(inputs: unknown, name: string): readonly unknown[] {
  const value = memberOf(inputs, name);
  return Array.isArray(value) ? value : [];
}
