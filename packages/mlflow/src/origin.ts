/** Who trains what, from where: the tags that MLflow's own client sets. */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { relative } from 'node:path';
import { promisify } from 'node:util';

/** Milliseconds that git may take. */
const PATIENCE = 2000;

const git = async (...args: string[]): Promise<string | undefined> => {
  try {
    const { stdout } = await promisify(execFile)('git', args, { timeout: PATIENCE });
    return stdout.trim() || undefined;
  } catch {
    // No git, or no checkout: nothing to tell.
    return undefined;
  }
};

/** `mlflow.user`, `mlflow.source.*`. What is not known is left out. The address of the repository is too: it may hold a password. */
export async function originTags(): Promise<Record<string, string>> {
  const [commit, branch, changes] = await Promise.all([
    git('rev-parse', 'HEAD'),
    git('rev-parse', '--abbrev-ref', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=no'),
  ]);
  const [, script] = process.argv;
  return {
    'mlflow.user': userName(),
    'mlflow.source.type': 'LOCAL',
    ...(script !== undefined && { 'mlflow.source.name': relative('', script) || script }),
    ...(commit !== undefined && { 'mlflow.source.git.commit': commit, 'mlflow.source.git.dirty': String(changes !== undefined) }),
    ...(branch !== undefined && branch !== 'HEAD' && { 'mlflow.source.git.branch': branch }),
  };
}

/** Some containers have a user without a name. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
