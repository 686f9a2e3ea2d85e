import { InMemoryAccount } from "@kms-guard/adapters/memory/in-memory-account.ts";
import { InMemoryEventCounter } from "@kms-guard/adapters/memory/in-memory-event-counter.ts";
import { InMemoryFindings } from "@kms-guard/adapters/memory/in-memory-findings.ts";
import { eventCounterContract } from "./event-counter.contract.ts";
import { findingsContract } from "./findings.contract.ts";
import { policyReaderContract } from "./policy-reader.contract.ts";
import { policyWriterContract } from "./policy-writer.contract.ts";

function subject() {
  const account = new InMemoryAccount({ id: "111122223333", partition: "aws" }, { pageSize: 3 });
  return { reader: account, writer: account, seed: account.iam };
}

policyReaderContract("the model account", subject, { pageSize: 3 });
policyWriterContract("the model account", subject);
findingsContract("memory", async () => {
  const findings = new InMemoryFindings();
  const damage = async (id: string) => findings.makeUnreadable(id, "status: another version wrote it");
  return { findings, others: new InMemoryFindings(), damageFinding: damage, damageExemption: damage };
});
eventCounterContract("memory", () => {
  const counter = new InMemoryEventCounter();
  return { counter, handled: async (outcome, at) => counter.count(outcome, Date.parse(at)) };
});
