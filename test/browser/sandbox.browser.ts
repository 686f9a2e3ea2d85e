import { AttachUserPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { iamSeed } from "../moto/iam-seed.ts";
import { type SandboxChild, startSandboxChild } from "../sandbox/child.ts";
import { type FreshBrowser, freshBrowser } from "./chromium.ts";

const FULL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}';
const READS =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}]}';
const MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>";

let sandbox: SandboxChild;
let browser: FreshBrowser;
let iam: IAMClient;
let url: string;

beforeAll(async () => {
  sandbox = await startSandboxChild("enforce", () => {}, ["--ui"]);
  url = /the page is at (\S+)/.exec(sandbox.said())?.[1] ?? "";
  iam = new IAMClient({
    region: "us-east-1",
    endpoint: sandbox.endpoint,
    credentials: { accessKeyId: "AKIAANYBODY", secretAccessKey: "invented" },
  });
  browser = await freshBrowser({ colorScheme: "light", viewport: { width: 1180, height: 760 } });
});
afterAll(async () => {
  await browser?.close();
  await sandbox?.end("SIGTERM");
});

test("an account in which nothing has happened says what to try", async () => {
  await browser.page.goto(url);
  await browser.page.getByText("Give somebody everything").waitFor();
  expect(await browser.page.locator("#mode").textContent()).toBe("enforce");
  expect(await browser.page.locator("pre").textContent()).toContain(
    `aws --endpoint-url ${sandbox.endpoint} iam create-user --user-name alice`,
  );
});

test("an attach of full rights shows as the call, the guard's detaching, and the alert", async () => {
  const { page } = browser;
  const seed = iamSeed(iam);
  await seed.createUser("alice");
  await seed.createRole("ci-deploy");
  const reads = await seed.createPolicy("read-keys", READS);
  await seed.attachPolicy({ type: "role", name: "ci-deploy" }, reads);
  await seed.attachPolicy({ type: "user", name: "alice" }, reads);
  const tools = await seed.createPolicy("key-tools", FULL);
  // Before it is attached, so that the finding of this call is not contained as well.
  await page.locator("li.CRITICAL", { hasText: "CRITICAL open" }).getByText("✓ e-mail").waitFor();
  await seed.attachPolicy({ type: "user", name: "alice" }, tools);

  const contained = page.locator("li.CRITICAL", { hasText: "CRITICAL contained" });
  await contained.getByText("✓ e-mail").waitFor();
  await contained.getByText("✓ Slack").waitFor();
  await contained.getByText("✓ history").waitFor();
  const call = page.locator("li.call", { hasText: "AttachUserPolicy" }).filter({ hasText: "key-tools" });
  expect(await call.textContent()).toContain("to user/alice");
  expect(await call.textContent()).toContain("by arn:aws:iam::111122223333:root");
  const detached = page.locator("li.guard", { hasText: "DetachUserPolicy" }).first();
  expect(await detached.textContent()).toContain("from user/alice");
  expect(await contained.locator("pre").textContent()).toMatch(
    /^npx --no kms-guard restore kg-[0-9a-f]{16}$/,
  );

  const alice = page.locator('[data-principal="user/alice"]');
  await alice.locator(".policy.taken", { hasText: "key-tools · taken away" }).waitFor();
  expect(await alice.locator(".policy.none").allTextContents()).toEqual(["read-keys"]);
});

test("a call that IAM refused is shown so, and a name of markup as text", async () => {
  const refused = iam.send(new AttachUserPolicyCommand({ UserName: MARKUP, PolicyArn: "arn:x" }));
  await expect(refused).rejects.toThrow();
  const line = browser.page.locator("li.call", { hasText: "refused" });
  await line.waitFor();
  expect(await line.locator("code").nth(1).textContent()).toBe(`user/${MARKUP}`);
  expect(await browser.page.locator("body img, body li script").count()).toBe(0);
});

test("who opens the page later sees the same", async () => {
  const { page } = browser;
  const before = await page.locator("#timeline > li").allTextContents();
  await page.reload();
  await page
    .locator("#timeline > li")
    .nth(before.length - 1)
    .waitFor();
  expect(await page.locator("#timeline > li").allTextContents()).toEqual(before);
});

test("it runs what it brings, and asks nobody else", () => {
  expect(browser.said).toEqual([]);
  expect(browser.asked.filter((address) => !address.startsWith(url))).toEqual([]);
});

test("it answers nobody who calls the machine by another name", async () => {
  const { request } = await import("node:http");
  const status = await new Promise((resolve, reject) => {
    request(`${url}events`, { headers: { host: "rebound.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  expect(status).toBe(403);
});
