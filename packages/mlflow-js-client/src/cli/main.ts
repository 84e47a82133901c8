/** The command `mlflow-spool`. */
import { defineCommand } from 'citty';
import { messageOf } from '../errors.js';
import { localPath } from '../node/local-store.js';
import { endCutOffRuns } from '../spool/cut-off.js';
import { inTreeOrder } from '../spool/nesting.js';
import { prune, type PrunedRun } from '../spool/prune.js';
import { summarize, type RunSummary } from '../spool/summary.js';
import { syncSpool, type SyncedRun } from '../spool/sync.js';
import { table } from './table.js';
import { milliseconds, size } from './units.js';

const show = defineCommand({
  meta: { name: 'show', description: 'Shows what is in a spool.' },
  args: {
    directory: { type: 'positional', description: 'The spool', default: 'mlflow-spool', required: false },
    json: { type: 'boolean', description: 'As JSON', default: false },
  },
  run: ({ args }) =>
    guarded(async () => {
      const runs = await summarize(args.directory);
      console.log(args.json ? JSON.stringify(runs, null, 2) : describe(runs, args.directory));
    }),
});

const to = {
  type: 'string',
  description: 'http(s)://host[:port], or a path for a tree mlruns; credentials are those of the environment. Default: MLFLOW_TRACKING_URI',
  valueHint: 'uri',
} as const;

const sync = defineCommand({
  meta: { name: 'sync', description: 'Delivers a spool: all that has not arrived yet, exactly once.' },
  args: {
    directory: { type: 'positional', description: 'The spool', required: true },
    to,
    'end-cut-off': {
      type: 'boolean',
      description: 'First end those as KILLED that nobody ended and whose process on this machine is no more',
      default: false,
    },
    again: { type: 'boolean', description: 'Look at everything anew, because the server has lost runs', default: false },
  },
  run: ({ args }) =>
    guarded(async () => {
      const uri = targetOf(args);
      if (args['end-cut-off']) for (const key of await endCutOffRuns(args)) console.log(`${key}  was cut off: KILLED`);
      const runs = await syncSpool({ directory: args.directory, to: uri, again: args.again, onRun: (run) => console.log(line(run)) });
      const failed = runs.filter(({ error }) => error !== undefined).length;
      console.log(`${runs.length - failed} delivered, ${failed} failed`);
      const path = localPath(uri);
      if (path !== undefined) console.log(`See it with: MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri '${path}'`);
      if (failed > 0) process.exitCode = 1;
    }),
});

const removal = defineCommand({
  meta: {
    name: 'prune',
    description: 'Removes the runs of a spool that have ended and have arrived: every record, and those of their children.',
  },
  args: {
    directory: { type: 'positional', description: 'The spool', required: true },
    to: { ...to, description: `The target that must have them. ${to.description}` },
    'older-than': { type: 'string', description: 'Only those that were last written longer ago than this: 12h, 30d', valueHint: 'time' },
    'dry-run': { type: 'boolean', description: 'Only tell what would be removed', default: false },
  },
  run: ({ args }) =>
    guarded(async () => {
      const dryRun = args['dry-run'];
      const olderThan = milliseconds(args['older-than'] ?? '0s');
      const onRun = ({ key, bytes, kept }: PrunedRun): void => console.log(`${key}  ${kept === undefined ? size(bytes) : `kept: ${kept}`}`);
      const runs = await prune({ directory: args.directory, to: targetOf(args), olderThan, dryRun, onRun });
      const gone = runs.filter(({ kept }) => kept === undefined);
      const freed = size(gone.reduce((sum, { bytes }) => sum + bytes, 0));
      console.log(
        `${gone.length} ${dryRun ? 'would be ' : ''}removed, ${freed} ${dryRun ? 'would be ' : ''}freed, ${runs.length - gone.length} kept`,
      );
    }),
});

export const main = defineCommand({
  meta: { name: 'mlflow-spool', description: 'Runs that wait on the disk for an MLflow server.' },
  subCommands: { show, sync, prune: removal },
});

function targetOf({ to: given }: { readonly to?: string }): string {
  const uri = given ?? process.env.MLFLOW_TRACKING_URI;
  if (uri === undefined || uri === '') throw new Error('Where to? Give --to or MLFLOW_TRACKING_URI.');
  return uri;
}

/** An error of ours is a sentence, not a trace. */
async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}

function line({ key, error, runId = '', points = 0, artifacts = 0, refused = 0 }: SyncedRun): string {
  if (error !== undefined) return `${key}  FAILED  ${error}`;
  const left = refused > 0 ? `, ${refused} refused` : '';
  return `${key}  run ${runId}: ${points} points and ${artifacts} artifacts sent${left}`;
}

function describe(runs: readonly RunSummary[], directory: string): string {
  const rows = inTreeOrder(runs).map(({ run: { key, experiment, name, status, cutOff, points, metrics, artifacts, delivered }, depth }) => [
    '  '.repeat(depth) + key,
    experiment,
    name,
    cutOff ? 'cut off' : status,
    String(points),
    Object.entries(metrics)
      .slice(0, 3)
      .map(([metric, { value }]) => `${metric} ${Number(value.toPrecision(4))}`)
      .join(', '),
    String(artifacts),
    delivered.map(({ target, share }) => `${target} ${share === 1 ? 'all' : `${Math.floor(share * 100)} %`}`).join(', ') || 'nowhere',
  ]);
  const text = table(['run', 'experiment', 'name', 'status', 'points', 'last', 'files', 'delivered'], rows);
  const hint = runs.some(({ cutOff }) => cutOff) ? '\nTo end those that are cut off as KILLED, add --end-cut-off' : '';
  return `${text}\n\nDeliver them with: npx mlflow-spool sync ${directory} --to http://host:port${hint}`;
}
