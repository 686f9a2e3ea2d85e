import { expect, test } from "vitest";
import { type Delivery, deliveries } from "./deliveries.ts";

const FINDING = { id: "kg-0123456789abcdef", verdict: "full" };
const MAIL = { messageId: "m-1", subject: "kms-guard: CRITICAL", body: "somebody has everything" };

function told(tell: (outlets: ReturnType<typeof deliveries>) => void): readonly Delivery[] {
  const all: Delivery[] = [];
  tell(deliveries((delivery) => all.push(delivery)));
  return all;
}

const DELIVERED = [
  { channel: "sns-email", finding: FINDING, subject: "kms-guard: CRITICAL", text: "somebody has everything" },
];

test("a mail is told with the finding that it is of, whichever of the two comes first", () => {
  const mailFirst = told((outlets) => {
    outlets.mail(MAIL);
    outlets.published("m-1", FINDING);
  });
  const findingFirst = told((outlets) => {
    outlets.published("m-1", FINDING);
    outlets.mail(MAIL);
  });
  expect(mailFirst).toEqual(DELIVERED);
  expect(findingFirst).toEqual(DELIVERED);
});

test("a mail of another message waits for its own", () => {
  const all = told((outlets) => {
    outlets.mail({ ...MAIL, messageId: "m-2" });
    outlets.published("m-1", FINDING);
  });
  expect(all).toEqual([]);
});
