import type { AddCommand } from "../command.ts";
import { UsageError } from "../errors.ts";

/** `kms-guard scan`: judges policies in files. */
export const addScan: AddCommand = (program) => {
  program
    .command("scan")
    .description("judge the policies in files, folders or standard input")
    .action(() => {
      throw new UsageError("scan is being written");
    });
};
