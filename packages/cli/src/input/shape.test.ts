import { describe, expect, it } from "vitest";
import { ownIdOf, shapeOf } from "./shape.ts";

describe("shapeOf", () => {
  it.each([
    { given: { Version: "2012-10-17", Statement: [] }, kind: "document" },
    { given: { Statement: {} }, kind: "document" },
    { given: { version: "2012-10-17", statement: [] }, kind: "document" },
    { given: { Version: "2008-10-17" }, kind: "document" },
    { given: { id: "a", document: { Statement: [] } }, kind: "case" },
    { given: { raw: "text" }, kind: "case" },
    { given: { PolicyVersion: { Document: "%7B%7D", VersionId: "v1" } }, kind: "policy-version" },
    { given: { RoleName: "r", PolicyName: "p", PolicyDocument: {} }, kind: "inline-policy" },
    { given: { UserDetailList: [] }, kind: "account-details" },
    { given: { Policies: [] }, kind: "account-details" },
  ])("takes $given for $kind", ({ given, kind }) => {
    expect(shapeOf(given)).toMatchObject({ kind });
  });

  it.each([
    { given: {} },
    { given: { name: "package", version: "1.0.0" } },
    { given: { Version: "1" } },
    { given: { PolicyVersion: "v1" } },
    { given: { PolicyDocument: {} } },
    { given: { Policies: "none" } },
    { given: { raw: 1 } },
    { given: [] },
    { given: null },
    { given: "kms:*" },
    { given: 42 },
  ])("does not know $given", ({ given }) => {
    expect(shapeOf(given)).toBeUndefined();
  });

  it("prefers the raw text, which shows what parsing would hide", () => {
    expect(shapeOf({ id: "a", document: { Statement: [] }, raw: "{" })).toEqual({
      kind: "case",
      document: "{",
    });
  });

  it("takes the document where raw is no text", () => {
    expect(shapeOf({ id: "a", document: { x: 1 }, raw: null })).toEqual({
      kind: "case",
      document: { x: 1 },
    });
  });
});

describe("ownIdOf", () => {
  it.each([
    { given: { id: "a", document: null }, expected: "a" },
    { given: { id: "a", raw: null }, expected: "a" },
    { given: { id: "a", PolicyVersion: {} }, expected: "a" },
    { given: { id: 7 }, expected: "7" },
    { given: { id: "" }, expected: undefined },
    { given: { id: {} }, expected: undefined },
    { given: { Id: "of the document" }, expected: undefined },
    { given: "a", expected: undefined },
  ])("of $given is $expected", ({ given, expected }) => {
    expect(ownIdOf(given)).toBe(expected);
  });
});
