import type { Account } from "../../policy/policy.ts";
import type { ConditionKey, ConditionValues, GuardedService } from "../../services/service.ts";
import { literal } from "./text-patterns.ts";

/** For whom, of which service and when conditions are decided. */
export interface ConditionsContext {
  /** The account of the principals. */
  readonly account: Account;
  readonly service: GuardedService;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Values of condition keys that are known of the principal, by lower-case key. */
  readonly known?: ReadonlyMap<string, string>;
}

const ANY: ConditionValues = { absent: true, present: ["*"] };
/** Present in every request, and never empty. */
const PRESENT: ConditionValues = { present: ["?*"] };

/** A key that nobody knows: it may be there or not, and be anything. */
const UNKNOWN: ConditionKey = { role: "given", usual: ANY };

const known = (rest: Partial<ConditionKey> = {}): ConditionKey => ({
  role: "given",
  type: "text",
  usual: ANY,
  ...rest,
});

const multiValued = known({ isMultiValued: true });
const ALL_ADDRESSES = ["::/0", "0.0.0.0/0"];
const address = known({ type: "address", usual: { absent: true, present: ALL_ADDRESSES } });
/** Version 4 without the blocks of which no host on the internet has an address: 0/8, 127/8, 224/3. */
const INTERNET = [
  ...["1.0.0.0/8", "2.0.0.0/7", "4.0.0.0/6", "8.0.0.0/5", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/3"],
  ...["96.0.0.0/4", "112.0.0.0/5", "120.0.0.0/6", "124.0.0.0/7", "126.0.0.0/8", "128.0.0.0/2", "192.0.0.0/3"],
];
const ofOwnAccount = known({ usual: { present: ["${account}"] } });
const absentFromDirectCalls = known({ usual: { absent: true }, other: { present: ["*"] } });
const listAbsentFromDirectCalls: ConditionKey = { ...absentFromDirectCalls, isMultiValued: true };
const falseInDirectCalls = known({ usual: { present: ["false"] }, other: { present: ["true"] } });
const notTrueInDirectCalls = known({
  usual: { absent: true, present: ["false"] },
  other: { present: ["true"] },
});
const header = known({ role: "header", usual: PRESENT, other: { absent: true, present: [""] } });
const time: ConditionKey = { role: "time", type: "date", usual: { present: ["*"] } };

/**
 * The keys of every service of which more is known than that they may be absent or have any value; one that ends in `/`
 * or `:` is a family. Tags, federation and the network are decided for every principal: they can be there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export const GLOBAL_KEYS: ReadonlyMap<string, ConditionKey> = new Map(
  Object.entries<ConditionKey>({
    "aws:calledvia": listAbsentFromDirectCalls,
    "aws:calledviaawsmcp": absentFromDirectCalls,
    "aws:calledviafirst": absentFromDirectCalls,
    "aws:calledvialast": absentFromDirectCalls,
    "aws:currenttime": time,
    "aws:ec2instancesourceprivateipv4": address,
    "aws:epochtime": time,
    "aws:ismcpserviceaction": notTrueInDirectCalls,
    "aws:multifactorauthage": known({ type: "number" }),
    "aws:multifactorauthpresent": known({ usual: { absent: true, present: ["true", "false"] } }),
    "aws:principalaccount": ofOwnAccount,
    // A role's ARN is also that of its sessions.
    "aws:principalarn": known({
      usual: {
        present: [
          ...["root", "user/?*", "role/?*"].map((name) => `arn:\${partition}:iam::\${account}:${name}`),
          ...["federated-user/?*", "assumed-role/?*"].map(
            (name) => `arn:\${partition}:sts::\${account}:${name}`,
          ),
        ],
      },
    }),
    "aws:principalisawsservice": falseInDirectCalls,
    "aws:principalorgpaths": multiValued,
    "aws:principalservicename": absentFromDirectCalls,
    "aws:principalservicenameslist": listAbsentFromDirectCalls,
    "aws:principaltag/": UNKNOWN,
    "aws:principaltype": known({ usual: PRESENT }),
    "aws:referer": header,
    "aws:requestedregion": known({ usual: PRESENT }),
    "aws:requesttag/": UNKNOWN,
    "aws:resourceaccount": known({ usual: PRESENT }),
    "aws:resourceorgid": known({ role: "resource" }),
    "aws:resourceorgpaths": known({ role: "resource", isMultiValued: true }),
    "aws:resourcetag/": {
      role: "resource",
      usual: ANY,
      madeBy: { present: ["TagResource"], absent: ["UntagResource"] },
    },
    // No service that is guarded takes calls without TLS.
    "aws:securetransport": known({ usual: { present: ["true"] } }),
    "aws:sourceaccount": absentFromDirectCalls,
    "aws:sourcearn": absentFromDirectCalls,
    // Absent where the call comes through a VPC endpoint, which a caller with an address on the internet can leave out.
    "aws:sourceip": {
      role: "given",
      type: "address",
      usual: { present: INTERNET },
      other: { absent: true, present: ALL_ADDRESSES },
    },
    "aws:sourceorgid": absentFromDirectCalls,
    "aws:sourceorgpaths": listAbsentFromDirectCalls,
    "aws:sourceowner": absentFromDirectCalls,
    "aws:tagkeys": multiValued,
    "aws:tokenissuetime": known({ type: "date" }),
    "aws:useragent": header,
    "aws:userid": known({ usual: PRESENT }),
    "aws:username": known({ usual: { absent: true, present: ["?*"] } }),
    "aws:viaawsmcpservice": notTrueInDirectCalls,
    "aws:viaawsservice": falseInDirectCalls,
    "aws:vpceorgpaths": multiValued,
    "aws:vpcsourceip": address,
  }),
);

/** What is known of a key, written in lower case, with the principals' account and partition filled in. */
export function conditionKey(name: string, context: ConditionsContext): ConditionKey {
  const value = context.known?.get(name);
  const key = keyOfTable(name, context.service.conditionKeys.keys);
  if (value !== undefined)
    return { role: key.role, type: key.type ?? "text", usual: { present: [literal(value)] } };
  const usual = filledIn(key.usual, context);
  return usual === key.usual ? key : { ...key, usual };
}

function keyOfTable(name: string, ofService: Readonly<Record<string, ConditionKey>>): ConditionKey {
  return find(name, ofService) ?? find(familyOf(name), ofService) ?? UNKNOWN;
}

function find(name: string, ofService: Readonly<Record<string, ConditionKey>>): ConditionKey | undefined {
  return GLOBAL_KEYS.get(name) ?? (Object.hasOwn(ofService, name) ? ofService[name] : undefined);
}

/** `aws:resourcetag/` of `aws:resourcetag/team`; the name itself where it has no such part. */
function familyOf(name: string): string {
  const rest = name.indexOf(":") + 1;
  const slash = name.indexOf("/", rest);
  const colon = name.indexOf(":", rest);
  const end = slash === -1 || (colon !== -1 && colon < slash) ? colon : slash;
  return end === -1 ? name : name.slice(0, end + 1);
}

function filledIn(values: ConditionValues, { account }: ConditionsContext): ConditionValues {
  if (!values.present?.some((glob) => glob.includes("${"))) return values;
  const present = values.present.map((glob) =>
    glob.replace("${account}", account.id).replace("${partition}", account.partition),
  );
  return { ...values, present };
}

/** The value of a key that can have no other one. */
export function onlyValue({ usual, other }: ConditionKey): string | undefined {
  const [value, ...more] = usual.present ?? [];
  const isFixed = usual.absent !== true && other === undefined && more.length === 0;
  return isFixed && value !== undefined && !/[*?]/.test(value) ? value : undefined;
}
