/** Runs the client of `client.ts` until it ends by itself, however often it is killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));

export class ChaosClient {
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  /** How often it was killed. */
  kills = 0;

  /** @param pause Milliseconds after each hundred points. */
  constructor(directory: string, uri: string, key: string, points: number, pause = 1) {
    this.#args = [directory, uri, key, String(points), String(pause)];
  }

  /** Ends the process at once; it is started again. */
  kill(): void {
    if (this.#child?.kill('SIGKILL')) this.kills++;
  }

  /** Resolves when it has logged everything. */
  async run(): Promise<void> {
    for (;;) {
      const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CLIENT, ...this.#args], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      this.#child = child;
      const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.once('exit', (...how) => resolve(how)));
      if (code === 0) return;
      if (signal !== 'SIGKILL') throw new Error(`the client ended with ${code ?? signal}`);
    }
  }
}
