/** How the dynamics change with training, drawn into the run's folder. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkOptions, replaceFile, rules, type Callback, type TrainContext } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { LayerMap } from '../layer-map.js';
import type { LocalNetwork } from '../local-network.js';
import { dynamicsPage } from './dynamics-page.js';
import { dynamicsPicture } from './dynamics-picture.js';

export interface DynamicsReportOptions {
  /** Default: `dynamicsReport`. */
  readonly name?: string;
  /** The picture; the page lies beside it and ends with `.html`. Default: `dynamics.svg` in the run's folder. */
  readonly path?: string;
}

/**
 * Draws `dynamicsPicture` at the end of every epoch, as `dynamics.svg`, and once more in a page with the numbers of the epoch and the layer
 * map, `dynamics.html`. A file that cannot be written is warned about once; training goes on.
 *
 * @throws `INVALID_ARGUMENT`, also where the run leaves no folder and no path is given.
 * @example
 * await trainer.fit(data, { epochs: 10, validationData, callbacks: [dynamicsReport()] });
 */
export function dynamicsReport(options: DynamicsReportOptions = {}): Callback {
  checkOptions('dynamicsReport', options, { name: rules.text, path: rules.text });
  let warned = false;
  const pathOf = ({ folder }: TrainContext): string => {
    if (options.path !== undefined) return options.path;
    if (folder !== null) return join(folder, 'dynamics.svg');
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'dynamicsReport has nowhere to draw',
      received: 'no path, and a run that leaves no folder',
      expected: 'one of them',
      fix: "Give dynamicsReport({ path: 'dynamics.svg' }), or leave `run: false` out.",
    });
  };
  return {
    name: options.name ?? 'dynamicsReport',
    onTrainBegin: (context) => void pathOf(context),
    onEpochEnd(epoch, logs, context) {
      const path = pathOf(context);
      const rows = [...context.history.rows.filter((row) => row.epoch < epoch), { epoch, logs }];
      const { layers } = context.model as Partial<LocalNetwork>;
      const page = { title: context.model.name, layers: layers instanceof LayerMap ? layers : undefined, params: context.params };
      try {
        mkdirSync(dirname(path), { recursive: true });
        replaceFile(path, dynamicsPicture(rows));
        replaceFile(path.replace(/(\.svg)?$/, '.html'), dynamicsPage(rows, page));
      } catch (cause) {
        if (warned) return;
        warned = true;
        const problem = new GradusError('TELEMETRY_UNWRITABLE', {
          what: `dynamicsReport cannot write '${path}'`,
          received: cause instanceof Error ? cause.message : String(cause),
          expected: 'a place where files can be made, with space left',
          cause,
        });
        process.emitWarning(problem.message, { code: problem.code });
      }
    },
  };
}
