import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise, type ICruiseResult, type IForbiddenRuleType, type IModule } from "dependency-cruiser";
import { describe, expect, onTestFinished, test } from "vitest";

const ROOT = new URL("..", import.meta.url).pathname;

/** Who may import whom: inward only. A part may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  guard: ["core"],
  adapters: ["core", "guard"],
  functions: ["core", "guard", "adapters"],
  cli: ["core", "guard", "adapters"],
  sandbox: ["core", "adapters"],
  testing: ["core", "guard", "adapters"],
  stacks: ["core", "adapters"],
};

/** What a part imports beyond the parts. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // The bundle knows its version from there.
  cli: ["packages/cli/package.json"],
  // It renders what a deployment would deploy.
  sandbox: ["sst.config.ts", ".sst/"],
  // SST's components are there once SST has run.
  stacks: ["guard.config.ts", ".sst/"],
};

/** SST brings it when it first runs. */
const NOT_FROM_NPM = ["@pulumi/pulumi"];

const folderOf = (part: string) => (part === "stacks" ? "stacks/" : `packages/${part}/src/`);
const PRODUCTION = "^(packages/(core|guard|adapters|functions|cli|sandbox)/src|stacks)/";

/** Every folder of the guard uses them; they import nothing of the guard's. */
const SHARED = /^packages\/guard\/src\/(ports|errors)[.]ts$/;

type Rule = IForbiddenRuleType & { readonly name: string };

const inward = Object.entries(MAY_IMPORT).map(([part, others]): Rule => {
  const allowed = [...[part, ...others].map(folderOf), ...(EXCEPTIONS[part] ?? []), "node_modules/"];
  return {
    name: `${part} imports inward`,
    from: { path: `^${folderOf(part)}` },
    to: { pathNot: `^(${allowed.join("|")})`, dependencyTypesNot: ["core"], couldNotResolve: false },
  };
});

const RULES: readonly Rule[] = [
  ...inward,
  {
    name: "the core imports its own files, and node:crypto for hashes",
    from: { path: "^packages/core/src/" },
    to: { pathNot: "^(packages/core/src/|crypto$)" },
  },
  {
    name: "one package reaches another by its name",
    from: { path: "^packages/([^/]+)/" },
    to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
  },
  {
    name: "production code imports no test support",
    from: { path: PRODUCTION, pathNot: "[.]fixture[.]ts$" },
    to: { path: "[.]fixture[.]ts$|^packages/testing/|^test/" },
  },
  {
    name: "the guard's ports and errors import nothing of the guard's",
    from: { path: SHARED.source },
    to: { path: "^packages/guard/" },
  },
  {
    name: "no file imports itself by way of others",
    from: {},
    to: { circular: true },
  },
];

async function read(baseDir: string): Promise<ICruiseResult> {
  const { output } = await cruise(
    ["packages", "stacks"],
    {
      baseDir,
      parser: "swc",
      moduleSystems: ["es6"],
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      exclude: { path: "[.]test[.]ts$|^[.]sst/|^packages/[^/]+/(bin|dist)/" },
      validate: true,
      ruleSet: { forbidden: [...RULES] },
    },
    { exportsFields: ["exports"], conditionNames: ["import", "node"], extensions: [".ts", ".js", ".json"] },
  );
  if (typeof output === "string") throw new Error("dependency-cruiser answered text instead of a result");
  return output;
}

const offences = ({ summary }: ICruiseResult) =>
  summary.violations.map(({ from, to, rule }) => `${from} -> ${to}: ${rule.name}`);

/** Pairs of folders that import each other, with the files that do. */
function twoWayFolders(modules: readonly IModule[]): string[] {
  const imports = new Map<string, string[]>();
  for (const { source, dependencies } of modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [dirname(source), dirname(resolved)];
      if (from === to || resolved.includes("node_modules") || SHARED.test(resolved)) continue;
      const files = imports.get(`${from} <-> ${to}`) ?? [];
      imports.set(`${from} <-> ${to}`, [...files, `${source} -> ${resolved}`]);
    }
  }
  return [...imports].flatMap(([pair, files]) => {
    const [one = "", other = ""] = pair.split(" <-> ");
    const back = imports.get(`${other} <-> ${one}`);
    return back === undefined || one > other ? [] : [`${pair}: ${[...files, ...back].join(", ")}`];
  });
}

const repository = await read(ROOT);
const production = repository.modules.filter(({ source }) => new RegExp(PRODUCTION).test(source));

describe("imports point inward", () => {
  test.each(Object.keys(MAY_IMPORT))("%s is read, with what it imports", (part) => {
    const modules = repository.modules.filter(({ source }) => source.startsWith(folderOf(part)));
    expect(modules.length).toBeGreaterThan(3);
    expect(modules.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(modules.length / 2);
  });

  test.each(RULES)("$name", ({ name }) => {
    expect(offences(repository).filter((found) => found.endsWith(`: ${name}`))).toEqual([]);
  });

  test("no two folders import each other", () => {
    expect(twoWayFolders(repository.modules)).toEqual([]);
  });

  test("what the stacks import reaches no AWS SDK at run time", () => {
    const byPath = new Map(repository.modules.map((module) => [module.source, module]));
    const reached = new Set(repository.modules.filter(({ source }) => source.startsWith("stacks/")));
    for (const { dependencies } of reached) {
      for (const { resolved, dependencyTypes } of dependencies) {
        const next = dependencyTypes.includes("type-only") ? undefined : byPath.get(resolved);
        if (next !== undefined) reached.add(next);
      }
    }
    const sources = [...reached].map(({ source }) => source);
    expect(sources).toContain("packages/adapters/src/deployment/permissions.ts");
    expect(sources.filter((source) => source.includes("node_modules/@aws-sdk/"))).toEqual([]);
  });

  test.each(["core", "guard", "adapters", "functions", "cli", "sandbox"])(
    "%s declares what it imports",
    (part) => {
      type Dependencies = Readonly<Record<string, string>>;
      const manifest: { dependencies?: Dependencies; devDependencies?: Dependencies } = JSON.parse(
        readFileSync(join(ROOT, `packages/${part}/package.json`), "utf8"),
      );
      // The CLI is published as a bundle: what is in it, nobody installs beside it.
      const declared = { ...manifest.dependencies, ...(part === "cli" && manifest.devDependencies) };
      const libraries = production
        .filter(({ source }) => source.startsWith(folderOf(part)))
        .flatMap(({ dependencies }) => dependencies)
        .filter(({ module, dependencyTypes }) => !module.startsWith(".") && !dependencyTypes.includes("core"))
        .map(({ module }) => /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module);
      const undeclared = [...new Set(libraries)].filter(
        (library) =>
          !(library in declared || `@types/${library}` in declared || NOT_FROM_NPM.includes(library)),
      );
      expect(undeclared).toEqual([]);
    },
  );
});

test("an import that points elsewhere is found, of a type too, and at run time", async () => {
  const files: Readonly<Record<string, string>> = {
    "packages/core/src/clean.ts": 'import { createHash } from "node:crypto";\nimport "./policy/document.ts";',
    "packages/core/src/policy/document.ts": "export type Document = string;",
    "packages/core/src/outward.ts": 'import type { Ports } from "../../guard/src/ports.ts";',
    "packages/core/src/reads-files.ts": 'export { readFile } from "node:fs/promises";',
    "packages/guard/src/ports.ts": 'export type { Use as Ports } from "./use.ts";',
    "packages/guard/src/use.ts": 'import "./policies/load.ts";\nexport type Use = object;',
    "packages/guard/src/policies/load.ts": 'import type { Use } from "../use.ts";',
    "packages/guard/src/later.ts": 'export const later = () => import("../../adapters/src/iam.fixture.ts");',
    "packages/adapters/src/iam.fixture.ts": "export {};",
    "stacks/guard.ts": 'import "../packages/guard/src/ports.ts";',
  };
  const folder = mkdtempSync(join(tmpdir(), "architecture-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const found = await read(folder);
  const [later, fixture] = ["packages/guard/src/later.ts", "packages/adapters/src/iam.fixture.ts"];
  const [load, use] = ["packages/guard/src/policies/load.ts", "packages/guard/src/use.ts"];
  const ports = "packages/guard/src/ports.ts";
  expect(offences(found).toSorted()).toEqual([
    `packages/core/src/outward.ts -> ${ports}: core imports inward`,
    `packages/core/src/outward.ts -> ${ports}: one package reaches another by its name`,
    `packages/core/src/outward.ts -> ${ports}: the core imports its own files, and node:crypto for hashes`,
    "packages/core/src/reads-files.ts -> fs/promises: the core imports its own files, and node:crypto for hashes",
    `${later} -> ${fixture}: guard imports inward`,
    `${later} -> ${fixture}: one package reaches another by its name`,
    `${later} -> ${fixture}: production code imports no test support`,
    `${load} -> ${use}: no file imports itself by way of others`,
    `${ports} -> ${use}: the guard's ports and errors import nothing of the guard's`,
    `stacks/guard.ts -> ${ports}: stacks imports inward`,
  ]);
  expect(twoWayFolders(found.modules)).toEqual([
    `packages/guard/src <-> packages/guard/src/policies: ${use} -> ${load}, ${load} -> ${use}`,
  ]);
});

describe("the core is pure", () => {
  test("it depends on nothing", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "packages/core/package.json"), "utf8"));
    for (const field of ["dependencies", "peerDependencies", "optionalDependencies"]) {
      expect(manifest[field] ?? {}, field).toEqual({});
    }
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
    const found = production
      .filter(({ source }) => source.startsWith(folderOf("core")))
      .flatMap(
        ({ source }) =>
          codeOf(source)
            .match(pattern)
            ?.map((what) => `${source}: ${what}`) ?? [],
      );
    expect(found).toEqual([]);
  });
});

/** A source without comments and strings, whose words call nothing. */
function codeOf(path: string): string {
  return readFileSync(join(ROOT, path), "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
}
