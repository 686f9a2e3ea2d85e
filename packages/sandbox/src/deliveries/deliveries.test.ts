import { expect, test } from "vitest";
import { type Delivery, deliveries } from "./deliveries.ts";

const FINDING = { id: "kg-0123456789abcdef", verdict: "full" };
const MAIL = { messageId: "m-1", subject: "kms-guard: CRITICAL", body: "somebody has everything" };

function delivered(deliver: (outlets: ReturnType<typeof deliveries>) => void): readonly Delivery[] {
  const all: Delivery[] = [];
  deliver(deliveries((delivery) => all.push(delivery)));
  return all;
}

const DELIVERED = [
  { channel: "sns-email", finding: FINDING, subject: "kms-guard: CRITICAL", text: "somebody has everything" },
];

test("a mail is delivered with its finding, whichever of the two comes first", () => {
  const mailFirst = delivered((outlets) => {
    outlets.mail(MAIL);
    outlets.published("m-1", FINDING);
  });
  const findingFirst = delivered((outlets) => {
    outlets.published("m-1", FINDING);
    outlets.mail(MAIL);
  });
  expect(mailFirst).toEqual(DELIVERED);
  expect(findingFirst).toEqual(DELIVERED);
});

test("a mail of another message waits for its own", () => {
  const all = delivered((outlets) => {
    outlets.mail({ ...MAIL, messageId: "m-2" });
    outlets.published("m-1", FINDING);
  });
  expect(all).toEqual([]);
});
