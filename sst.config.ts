/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app({ stage }) {
    const { guardRegion } = await import("./stacks/region.ts");
    const production = stage === "production";
    return {
      name: "kms-guard",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      providers: { aws: { region: guardRegion(process.env.AWS_REGION) } },
    };
  },
  async run() {
    const { refuseOtherRegion } = await import("./stacks/region.ts");
    // Not in `app`: SST hides the text of its errors.
    refuseOtherRegion(process.env.AWS_REGION);
    const { deploy } = await import("./stacks/deploy.ts");
    const { default: config } = await import("./guard.config.ts");
    return deploy(config);
  },
});
