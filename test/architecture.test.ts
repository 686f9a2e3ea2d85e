import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = new URL("..", import.meta.url).pathname;

/** Who may import whom: inward only. A part may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  guard: ["core"],
  adapters: ["core", "guard"],
  functions: ["core", "guard", "adapters"],
  cli: ["core", "guard", "adapters"],
  stacks: ["core", "adapters"],
};

interface Import {
  readonly from: string;
  /** Gone once types are: `import type`, `export type`. */
  readonly isType: boolean;
}

interface Source {
  /** Relative to the repository. */
  readonly path: string;
  readonly part: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const folderOf = (part: string) => (part === "stacks" ? part : `packages/${part}/src`);

const sources: readonly Source[] = Object.keys(MAY_IMPORT).flatMap((part) =>
  readdirSync(join(ROOT, folderOf(part)), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => {
      const path = join(folderOf(part), name);
      const text = withoutComments(readFileSync(join(ROOT, path), "utf8"));
      return { path, part, text, imports: importsOf(text) };
    }),
);

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, "");
}

/** Every import of a source: with and without names, re-exports, `import()`, types in the midst of others. */
function importsOf(text: string): Import[] {
  const statements = text.matchAll(
    /^\s*(import|export)\s+(type\s)?[^;'"`]*?(?:from\s*)?["']([^"'\n]+)["']/gm,
  );
  const named = [...statements].flatMap(([whole, keyword, type, from = ""]) =>
    keyword === "import" || /\sfrom\s*["']/.test(whole) ? [{ from, isType: type !== undefined }] : [],
  );
  const dynamic = [...text.matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]/g)];
  return [...named, ...dynamic.map(([, from = ""]) => ({ from, isType: false }))];
}

/** `@kms-guard/core/policy/policy.ts` as `packages/core/src/policy/policy.ts`; `undefined` for what is not ours. */
function fileOf(source: Source, from: string): string | undefined {
  if (from.startsWith(".")) return relative(ROOT, join(ROOT, dirname(source.path), from));
  const [, part, rest] = /^@kms-guard\/([a-z]+)\/(.+)$/.exec(from) ?? [];
  return part === undefined ? undefined : `packages/${part}/src/${rest}`;
}

const partOf = (path: string) => /^(?:packages\/)?([a-z]+)\//.exec(path)?.[1] ?? "";

const offences = (check: (source: Source) => readonly string[], part?: string) =>
  sources
    .filter((source) => part === undefined || source.part === part)
    .flatMap((source) => check(source).map((what) => `${source.path}: ${what}`));

describe("the reading itself", () => {
  test("sees every part, and every import statement in it", () => {
    for (const part of Object.keys(MAY_IMPORT)) {
      expect(sources.filter((source) => source.part === part).length, part).toBeGreaterThan(3);
    }
    // What a plain search for the word finds at the beginning of a line, no import escapes.
    const missed = offences(({ text, imports }) => {
      const written = [...text.matchAll(/^(?:import\b|export (?:\*|(?:type )?\{[^}]*\}) from)/gm)].length;
      return written > imports.length ? [`${written} imports, ${imports.length} read`] : [];
    });
    expect(missed).toEqual([]);
  });

  test.each([
    ['import a from "a";', [{ from: "a", isType: false }]],
    ['import "a";', [{ from: "a", isType: false }]],
    ['import * as a from "a";', [{ from: "a", isType: false }]],
    ['import type { A } from "a";', [{ from: "a", isType: true }]],
    ['import {\n  type A,\n  b,\n} from "a";', [{ from: "a", isType: false }]],
    ['import a from "a" with { type: "json" };', [{ from: "a", isType: false }]],
    ['export { a } from "a";', [{ from: "a", isType: false }]],
    ['export * from "a";', [{ from: "a", isType: false }]],
    ['export type { A } from "a";', [{ from: "a", isType: true }]],
    ['const a = await import("a");', [{ from: "a", isType: false }]],
    ['export const a = "b";', []],
    ['export type A = "b" | "c";', []],
    ['/* import a from "a"; */\n// import b from "b";', []],
  ])("reads %j", (text, imports) => {
    expect(importsOf(withoutComments(text))).toEqual(imports);
  });
});

describe("imports point inward", () => {
  test.each(Object.entries(MAY_IMPORT))(
    "%s imports itself and of the other parts only [%s]",
    (part, others) => {
      const found = offences((source) => {
        return source.imports.flatMap(({ from }) => {
          const file = fileOf(source, from);
          return file === undefined || [part, ...others].includes(partOf(file)) ? [] : [from];
        });
      }, part);
      expect(found).toEqual([]);
    },
  );

  test("every import of ours is a file that is there, by its whole name", () => {
    const found = offences((source) =>
      source.imports.flatMap(({ from }) => {
        const file = fileOf(source, from);
        // SST writes its platform folder when it first runs.
        return file === undefined || file.startsWith(".sst/") || existsSync(join(ROOT, file)) ? [] : [from];
      }),
    );
    expect(found).toEqual([]);
  });

  test("one part reaches another by its name, never by a path out of its own folder", () => {
    const found = offences((source) =>
      source.imports.flatMap(({ from }) => {
        const file = from.startsWith(".") ? (fileOf(source, from) ?? "") : "";
        const isOwnManifest = file === `packages/${source.part}/package.json`;
        const isSst = source.part === "stacks" && file.startsWith(".sst/");
        return file === "" || file.startsWith(folderOf(source.part)) || isOwnManifest || isSst ? [] : [from];
      }),
    );
    expect(found).toEqual([]);
  });

  test("what the stacks import reaches no AWS SDK", () => {
    const byPath = new Map(sources.map((source) => [source.path, source]));
    const reached = new Set(sources.filter(({ part }) => part === "stacks"));
    for (const source of reached) {
      for (const { from, isType } of source.imports) {
        const next = isType ? undefined : byPath.get(fileOf(source, from) ?? "");
        if (next !== undefined) reached.add(next);
      }
    }
    const sdk = [...reached].flatMap(({ path, imports }) =>
      imports
        .filter(({ from, isType }) => !isType && from.startsWith("@aws-sdk/"))
        .map(({ from }) => `${path}: ${from}`),
    );
    expect(reached.size).toBeGreaterThan(10);
    expect(sdk).toEqual([]);
  });

  test.each(["core", "guard", "adapters", "functions", "cli"])("%s declares what it imports", (part) => {
    type Dependencies = Readonly<Record<string, string>>;
    const manifest: { dependencies?: Dependencies; devDependencies?: Dependencies } = JSON.parse(
      readFileSync(join(ROOT, `packages/${part}/package.json`), "utf8"),
    );
    // The CLI is published as a bundle: what is in it, nobody installs beside it.
    const declared = Object.keys({
      ...manifest.dependencies,
      ...(part === "cli" && manifest.devDependencies),
    });
    const found = offences(({ imports }) => {
      return imports.flatMap(({ from }) => {
        if (from.startsWith(".") || from.startsWith("node:")) return [];
        const [scope = "", name = ""] = from.split("/");
        const library = scope.startsWith("@") ? `${scope}/${name}` : scope;
        const isDeclared = declared.includes(library) || declared.includes(`@types/${library}`);
        return isDeclared || library === `@kms-guard/${part}` ? [] : [library];
      });
    }, part);
    expect(found).toEqual([]);
  });
});

describe("the core is pure", () => {
  test("it depends on nothing", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "packages/core/package.json"), "utf8"));
    for (const field of ["dependencies", "peerDependencies", "optionalDependencies"]) {
      expect(manifest[field] ?? {}, field).toEqual({});
    }
  });

  test("it imports its own files, and node:crypto for hashes", () => {
    const found = offences(
      ({ imports }) =>
        imports.flatMap(({ from }) => (/^\.{1,2}\//.test(from) || from === "node:crypto" ? [] : [from])),
      "core",
    );
    expect(found).toEqual([]);
  });

  test.each([
    ["the clock", /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(|\bperformance\./],
    ["the environment", /\bprocess\b\s*[.[]|\bglobalThis\b|\bimport\.meta\b/],
    ["the console", /\bconsole\b\s*\./],
    ["chance", /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/],
    ["the network", /\bfetch\(/],
    ["timers", /\bset(?:Timeout|Interval|Immediate)\(/],
    ["promises", /\basync\b|\bawait\b|\bPromise\b/],
    ["patterns built from input", /\bRegExp\(/],
  ])("it does without %s", (_, pattern) => {
    // Strings are words, not calls.
    const code = (text: string) => text.replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
    expect(offences(({ text }) => code(text).match(pattern) ?? [], "core")).toEqual([]);
  });
});

test("nothing is of the type `any`", () => {
  const found = offences(({ text }) => {
    const code = text.replace(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, '""');
    return [...code.matchAll(/(?::|\bas|<|,|\||&|=)\s*any\b(?!\s*[(:.])|\bany\[\]/g)].map(([any]) => any);
  });
  expect(found).toEqual([]);
});
