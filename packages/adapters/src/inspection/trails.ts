import {
  type AdvancedFieldSelector,
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type Trail as TrailDescription,
} from "@aws-sdk/client-cloudtrail";
import type { Observed } from "@kms-guard/guard/doctor/diagnosis.ts";
import type { FieldSelector, Trail, TrailSelectors } from "@kms-guard/guard/doctor/observations.ts";
import type { AwsAccess } from "../aws-sdk/aws-access.ts";
import { asking, observe } from "./observe.ts";

/** Every trail that records something of the region, an organization's too, with what it records. */
export function observeTrails(access: AwsAccess): Promise<Observed<readonly Trail[]>> {
  return observe("cloudtrail:DescribeTrails", async () => {
    const { trailList = [] } = await new CloudTrailClient(asking(access)).send(new DescribeTrailsCommand({}));
    return Promise.all(trailList.map((trail) => trailOf(access, trail)));
  });
}

async function trailOf(access: AwsAccess, described: TrailDescription): Promise<Trail> {
  const { Name = "", TrailARN: arn = Name, HomeRegion: homeRegion = access.region ?? "" } = described;
  // A trail of another region is asked there: only its home knows all of it.
  const client = new CloudTrailClient({ ...asking(access), region: homeRegion });
  const [isLogging, selectors] = await Promise.all([
    observe("cloudtrail:GetTrailStatus", async () => {
      const { IsLogging = false } = await client.send(new GetTrailStatusCommand({ Name: arn }));
      return IsLogging;
    }),
    observe("cloudtrail:GetEventSelectors", () => selectorsOf(client, arn)),
  ]);
  return {
    ...{ name: Name, arn, homeRegion, isLogging, selectors },
    isMultiRegion: described.IsMultiRegionTrail ?? false,
    includesGlobalEvents: described.IncludeGlobalServiceEvents ?? true,
  };
}

async function selectorsOf(client: CloudTrailClient, TrailName: string): Promise<TrailSelectors> {
  const { EventSelectors = [], AdvancedEventSelectors = [] } = await client.send(
    new GetEventSelectorsCommand({ TrailName }),
  );
  return {
    basic: EventSelectors.map(({ IncludeManagementEvents = true, ReadWriteType = "All" }) => ({
      managementEvents: IncludeManagementEvents,
      readWriteType: ReadWriteType,
    })),
    advanced: AdvancedEventSelectors.map(({ FieldSelectors = [] }) => FieldSelectors.map(fieldSelector)),
  };
}

function fieldSelector({
  Field = "",
  Equals = [],
  NotEquals = [],
  ...others
}: AdvancedFieldSelector): FieldSelector {
  const named = Object.entries(others).filter(([, values]) => values !== undefined && values.length > 0);
  return { field: Field, equals: Equals, notEquals: NotEquals, others: named.map(([name]) => name) };
}
