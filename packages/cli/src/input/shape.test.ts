import { describe, expect, it } from "vitest";
import { shapeOf } from "./shape.ts";

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
      id: "a",
      document: "{",
    });
  });

  it("takes the document where raw is no text", () => {
    expect(shapeOf({ id: "a", document: { x: 1 }, raw: null })).toEqual({
      kind: "case",
      id: "a",
      document: { x: 1 },
    });
  });

  it.each([
    { id: 7, expected: { kind: "case", id: "7", document: null } },
    { id: "", expected: { kind: "case", document: null } },
    { id: {}, expected: { kind: "case", document: null } },
  ])("takes the id $id", ({ id, expected }) => {
    expect(shapeOf({ id, document: null })).toEqual(expected);
  });
});
