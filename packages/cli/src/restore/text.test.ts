import { expect, test } from "vitest";
import { fixFor } from "./text.ts";

test.each([
  { error: "LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10", fix: /quota is used up/ },
  { error: "AccessDenied (service control policy): User: …", fix: /not allowed/ },
  { error: "NoSuchEntity: The role with name Build cannot be found.", fix: /no longer exists/ },
])("the fix for $error", ({ error, fix }) => {
  expect(fixFor(error)).toMatch(fix);
});

test.each([["another document is now `own`"], ["constructor: odd"], [""], [undefined]])(
  "no fix for %s",
  (error) => {
    expect(fixFor(error)).toBeUndefined();
  },
);
