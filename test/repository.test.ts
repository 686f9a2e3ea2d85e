import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import biome from "../biome.json" with { type: "json" };
import manifest from "../package.json" with { type: "json" };

const at = (path: string) => new URL(`../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), "utf8");
const namesIn = (folder: string) => readdirSync(at(folder));

const WORKFLOWS = namesIn(".github/workflows").map((name) => `.github/workflows/${name}`);

/** The files whose commands a person or a runner types as they are written. */
const COMMANDED = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs/deploy.md",
  "docs/sandbox.md",
  ".ci/run",
  ...WORKFLOWS,
];

describe(".github", () => {
  const files = readdirSync(at(".github"), { recursive: true, encoding: "utf8" });

  test.each(files.filter((name) => name.endsWith(".yml")))("%s is YAML", (name) => {
    expect(parse(read(`.github/${name}`))).toBeTypeOf("object");
  });

  test.each(WORKFLOWS)("%s may only read", (path) => {
    expect(parse(read(path)).permissions).toEqual({ contents: "read" });
    expect(read(path).match(/permissions:/g)).toHaveLength(1);
  });

  test.each(WORKFLOWS)("%s names each action by commit, with its version", (path) => {
    const uses = [...read(path).matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(uses).not.toEqual([]);
    for (const action of uses) expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test.each(WORKFLOWS)("%s pastes nothing into a script", (path) => {
    const jobs: Record<string, { steps: { run?: string }[] }> = parse(read(path)).jobs;
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run));
    expect(scripts).toContain(".ci/run");
    for (const script of scripts) expect(script).not.toContain("${{");
  });
});

test.each(COMMANDED)("%s names only scripts that package.json has", (path) => {
  const named = [...read(path).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name]) => name);
  expect(named).not.toEqual([]);
  for (const name of named) expect(Object.keys(manifest.scripts)).toContain(name);
});

test("CONTRIBUTING.md names only files that exist", () => {
  const page = read("CONTRIBUTING.md");
  const links = [...page.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, link = ""]) => link);
  const paths = [
    ...page.matchAll(/`(?:npx vitest run )?((?:\.ci|docs|packages|scripts|stacks|test)\/[^`]+)`/g),
  ];
  const named = [...links, ...paths.flatMap(([, path = ""]) => path.split(" "))];
  expect(named).toContain("packages/core/src/evaluate/evaluate.test.ts");
  for (const path of named) expect(existsSync(at(path)), path).toBe(true);
});

test("the README has a line for each package", () => {
  const listed = [...read("README.md").matchAll(/^packages\/(\w+) +\w/gm)].map(([, name = ""]) => name);
  expect(listed.toSorted()).toEqual(namesIn("packages").toSorted());
});

test(".editorconfig says what biome.json says", () => {
  const lines = read(".editorconfig").split("\n");
  const { indentStyle, indentWidth, lineWidth } = biome.formatter;
  expect(lines).toContain(`indent_style = ${indentStyle}`);
  expect(lines).toContain(`indent_size = ${indentWidth}`);
  expect(lines).toContain(`max_line_length = ${lineWidth}`);
});

describe("docs/decisions", () => {
  const decisions = namesIn("docs/decisions").filter((name) => name !== "README.md");

  test.each(decisions)("%s has a date and a status", (name) => {
    const [title, blank, status = ""] = read(`docs/decisions/${name}`).split("\n");
    expect(title).toMatch(/^# /);
    expect(blank).toBe("");
    const [, next] =
      /^\*\d{4}-\d\d-\d\d, (?:accepted|superseded by \[(\d{4})\]\([\w-]+\.md\))\*$/.exec(status) ?? [];
    expect(status).toMatch(/^\*\d{4}-\d\d-\d\d, /);
    if (next !== undefined) expect(decisions.some((other) => other.startsWith(next))).toBe(true);
  });

  test("are numbered without a gap or a double", () => {
    expect(decisions.map((name) => Number(name.slice(0, 4)))).toEqual(decisions.map((_, index) => index + 1));
  });
});
