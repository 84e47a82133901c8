/** Ctrl-C as a user does it: a signal to a real process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly folder: string;
}

/** Starts the program, calls `act` when it trains, and waits for its end. */
async function run(kind: string, act: (child: ChildProcess, output: () => string) => Promise<void>): Promise<Ended> {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-interrupt-'));
  const program = fileURLToPath(new URL('../test/interrupt-program.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, directory, kind]);
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await until(() => output.includes('ready'));
  await act(child, () => output);
  const code = await ended;
  const manifest = readFileSync(join(directory, kind === 'hangs' ? 'black-line' : 'line', 'a', 'manifest.json'), 'utf8');
  rmSync(directory, { recursive: true });
  return { code, output, folder: manifest };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

it('ends the step, runs the end hooks and leaves a valid run folder', { timeout: 30_000 }, async () => {
  const { code, output, folder } = await run('trains', async (child) => void child.kill('SIGINT'));
  expect(output).toMatch(/SIGINT: finishing this step.*\nend hooks\ninterrupted after step \d+\n/s);
  expect(code).toBe(0);
  expect(JSON.parse(folder)).toMatchObject({ status: 'interrupted', stop: { reason: 'interrupted', message: expect.stringMatching(/SIGINT after step \d+/) } });
});

it('quits at once at the second signal, when the step does not end', { timeout: 30_000 }, async () => {
  const { code, output } = await run('hangs', async (child, seen) => {
    child.kill('SIGINT');
    await until(() => seen().includes('Once more to quit'));
    child.kill('SIGINT');
  });
  expect(code).toBe(130);
  expect(output).not.toContain('end hooks');
});
