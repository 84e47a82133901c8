/** A real MLflow server, started from its command. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Files as a backend, and none of the ten processes that wait for jobs. */
const SETTINGS = { MLFLOW_ALLOW_FILE_STORE: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' };

/** How long a server may take to be well. */
const PATIENCE_MS = 120_000;

export class RealMlflow {
  readonly #command: string;
  readonly #directory: string;
  readonly #store: string;
  #port = 0;
  #child: ChildProcess | undefined;

  /**
   * @param command The program `mlflow`.
   * @param directory Where it keeps everything.
   * @param store Its backend: default a database in that folder.
   */
  constructor(command: string, directory: string, store = `sqlite:///${join(directory, 'mlflow.db')}`) {
    this.#command = command;
    this.#directory = directory;
    this.#store = store;
  }

  get uri(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it is well; again on the same port after {@link kill}. */
  async start(): Promise<this> {
    this.#port ||= await freePort();
    const artifacts = join(this.#directory, 'artifacts');
    const args = [
      'server',
      '--host',
      '127.0.0.1',
      '--port',
      String(this.#port),
      '--workers',
      '1',
      '--backend-store-uri',
      this.#store,
      '--artifacts-destination',
      artifacts,
    ];
    // A group of its own: the server starts others, which must end with it.
    const child = spawn(this.#command, args, {
      cwd: this.#directory,
      detached: true,
      env: { ...process.env, ...SETTINGS },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(this.#directory, 'server.log'), { flags: 'a' });
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    this.#child = child;
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(200)) {
      if (child.exitCode !== null) break;
      const answer = await fetch(`${this.uri}/health`).catch(() => undefined);
      if (answer?.ok) return this;
    }
    throw new Error(`mlflow did not start; see ${this.#directory}/server.log`);
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
