/**
 * Measures, and judges nothing: ratios of things measured in one run, so that they hold on a slow machine too.
 *
 *     npm run bench [-- verdicts|replay|history|bundle|round-trips|path|sandbox]
 */
import { benchBundle } from "./bundle.ts";
import { benchHistory } from "./history.ts";
import { benchPath } from "./path.ts";
import { benchReplay } from "./replay.ts";
import { benchRoundTrips } from "./round-trips.ts";
import { benchSandbox } from "./sandbox.ts";
import { benchVerdicts } from "./verdicts.ts";

const SECTIONS: Readonly<Record<string, () => Promise<void>>> = {
  verdicts: benchVerdicts,
  replay: benchReplay,
  history: benchHistory,
  bundle: benchBundle,
  "round-trips": benchRoundTrips,
  path: benchPath,
  sandbox: benchSandbox,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => SECTIONS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark called ${unknown.join(", ")}; there are: ${Object.keys(SECTIONS).join(", ")}\n`,
  );
  process.exitCode = 3;
} else {
  for (const [name, bench] of Object.entries(SECTIONS)) {
    if (wanted.length === 0 || wanted.includes(name)) await bench();
  }
}
