/** The command as a reader can run it where it is installed; npm never fetches a package of that name from elsewhere. */
export const KMS_GUARD = "npx --no kms-guard";
