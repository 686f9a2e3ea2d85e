import { describe, expect, test } from "vitest";
import { html, raw } from "./html.ts";

describe("a template", () => {
  test.each([
    ["plain", "plain"],
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    [`" onclick='x'`, "&quot; onclick=&#39;x&#39;"],
    ["&lt;", "&amp;lt;"],
    ["two\nlines", "two\nlines"],
    ["\u001b[31m\u202e", "\\u001b[31m\\u202e"],
  ])("writes %j as %j", (given, expected) => {
    expect(html`<p title="${given}">${given}</p>`.text).toBe(`<p title="${expected}">${expected}</p>`);
  });

  test("lets its own markup through, and numbers, and lists of markup", () => {
    const items = ["<a>", "<b>"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${2}${raw("<hr>")}`.text).toBe(
      "<ul><li>&lt;a&gt;</li><li>&lt;b&gt;</li></ul>2<hr>",
    );
  });

  test("is not fooled by what only looks like its own markup", () => {
    // What comes out of JSON may look like anything.
    expect(() => html`${{ text: "<b>" }}`).toThrow();
  });
});
