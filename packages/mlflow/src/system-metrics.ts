/** What a training asks of the machine, under the names that MLflow's own pages know. Megabytes have 1e6 bytes. */
import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { promisify } from 'node:util';

/** Values by name: `system/cpu_utilization_percentage`, … */
export type SystemValues = Readonly<Record<string, number>>;

const MB = 1e6;
const round = (value: number): number => Math.round(value * 10) / 10;

interface Counters {
  readonly busy: number;
  readonly total: number;
}

function processor(): Counters {
  const times = cpus().map(({ times }) => times);
  const total = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { total, busy: total - times.reduce((sum, { idle }) => sum + idle, 0) };
}

/** Bytes since the start of the machine, over all interfaces but the one to itself; `null` where the system does not tell. */
async function network(): Promise<{ readonly received: number; readonly sent: number } | null> {
  try {
    const lines = (await readFile('/proc/net/dev', 'utf8')).trim().split('\n').slice(2);
    const rows = lines.map((line) => line.trim().split(/[:\s]+/)).filter(([name]) => name !== 'lo');
    const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column]), 0);
    return { received: sum(1), sent: sum(9) };
  } catch {
    return null;
  }
}

/** What `nvidia-smi` answers, one row for each GPU. */
const QUERY = 'utilization.gpu,memory.used,memory.total,power.draw,enforced.power.limit';

async function gpus(): Promise<SystemValues> {
  const { stdout } = await promisify(execFile)('nvidia-smi', [`--query-gpu=${QUERY}`, '--format=csv,noheader,nounits'], { timeout: 5000 });
  return gpuValues(stdout);
}

/** @param table Rows of `nvidia-smi`: percent, MiB, MiB, watts, watts. What a GPU does not tell is left out. */
export function gpuValues(table: string): SystemValues {
  const values: Record<string, number> = {};
  for (const [i, row] of table.trim().split('\n').entries()) {
    const [utilization, used, total, watts, limit] = row.split(',').map((cell) => (cell.trim() === '' ? NaN : Number(cell)));
    const facts = {
      utilization_percentage: utilization,
      memory_usage_megabytes: (used * 2 ** 20) / MB,
      memory_usage_percentage: (100 * used) / total,
      power_usage_watts: watts,
      power_usage_percentage: (100 * watts) / limit,
    };
    for (const [name, value] of Object.entries(facts)) if (Number.isFinite(value)) values[`system/gpu_${i}_${name}`] = round(value);
  }
  return values;
}

/** Looks at the machine now and then. */
export class SystemMetrics {
  readonly #log: (values: SystemValues) => void;
  readonly #timer: NodeJS.Timeout;
  #processor = processor();
  #network = network();
  #hasGpus = true;
  #looking: Promise<void> = Promise.resolve();

  /** @param interval Milliseconds between two looks. The timer does not keep the process alive. */
  constructor(interval: number, log: (values: SystemValues) => void) {
    this.#log = log;
    this.#timer = setInterval(() => void (this.#looking = this.#look()), interval).unref();
  }

  /** A last look, so that a short run has one. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.#look();
  }

  async #look(): Promise<void> {
    const before = this.#processor;
    this.#processor = processor();
    const busy = this.#processor.busy - before.busy;
    const [disk, now, begun, graphics] = await Promise.all([
      statfs('.').catch(() => null),
      network(),
      this.#network,
      this.#hasGpus ? gpus().catch(() => ((this.#hasGpus = false), {})) : {},
    ]);
    const used = totalmem() - freemem();
    this.#log({
      'system/cpu_utilization_percentage': round((100 * busy) / Math.max(this.#processor.total - before.total, 1)),
      'system/system_memory_usage_megabytes': round(used / MB),
      'system/system_memory_usage_percentage': round((100 * used) / totalmem()),
      ...(disk !== null && {
        'system/disk_usage_percentage': round(100 * (1 - disk.bfree / disk.blocks)),
        'system/disk_usage_megabytes': round(((disk.blocks - disk.bfree) * disk.bsize) / MB),
        'system/disk_available_megabytes': round((disk.bavail * disk.bsize) / MB),
      }),
      ...(now !== null &&
        begun !== null && {
          'system/network_receive_megabytes': round((now.received - begun.received) / MB),
          'system/network_transmit_megabytes': round((now.sent - begun.sent) / MB),
        }),
      ...graphics,
    });
  }
}
